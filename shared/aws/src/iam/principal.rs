//! What the user and the role of a grant have in common: a name, tags that say whose it is, a boundary.

use aws_sdk_iam::types::Tag;
use domain::{DeploymentId, RequestId, UnixSeconds};

use super::visibility::NOT_TAGGED;
use super::{NOT_THERE, TAG_DEPLOYMENT, TAG_EXPIRES_AT, TAG_REQUEST_ID};
use crate::error::{CallError, Remedy};

/// What a grant lives in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Principal {
    User,
    Role,
}

/// What the tags of a user or a role say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct OwnTags {
    pub request_id: Option<String>,
    /// Which installation made it, where it says so.
    pub deployment: Option<String>,
    /// When its grant is over.
    pub expires_at: Option<UnixSeconds>,
}

impl OwnTags {
    /// Whether this installation made it.
    #[must_use]
    pub fn is_of(&self, deployment: &DeploymentId) -> bool {
        deployment.owns(self.deployment.as_deref())
    }

    /// Whether it may have been made for this request: nothing says that it was made for another. IAM shows the tags of a new
    /// one late.
    #[must_use]
    pub fn may_be_of(&self, deployment: &DeploymentId, request_id: &RequestId) -> bool {
        self.is_of(deployment) && self.request_id.as_deref().is_none_or(|id| id == request_id.as_str())
    }

    pub(super) fn read(tags: &[Tag]) -> Self {
        let value = |key: &str| tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.clone());
        Self {
            request_id: value(TAG_REQUEST_ID),
            deployment: value(TAG_DEPLOYMENT),
            expires_at: value(TAG_EXPIRES_AT).and_then(|text| UnixSeconds::from_rfc3339(&text)),
        }
    }
}

/// A user or a role that is to be.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct NewPrincipal<'a> {
    pub name: &'a str,
    /// Which installation makes it.
    pub deployment: &'a DeploymentId,
    /// Its other tags; one of them is [`TAG_REQUEST_ID`].
    pub tags: &'a [(&'static str, String)],
    pub boundary_arn: Option<&'a str>,
}

impl Principal {
    /// `user` or `role`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Role => "role",
        }
    }

    /// It exists, and IAM does not show it yet.
    pub(super) fn not_seen(self, call: &'static str, name: &str) -> CallError {
        refused(call, NOT_THERE, format!("the {} {name} exists, and IAM does not show it yet", self.as_str()))
    }
}

impl std::fmt::Display for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl NewPrincipal<'_> {
    /// All of its tags, the installation's among them.
    pub(super) fn all_tags(&self, call: &'static str) -> Result<Vec<Tag>, CallError> {
        let own = std::iter::once((TAG_DEPLOYMENT, self.deployment.as_str()));
        let tags = own.chain(self.tags.iter().map(|(key, value)| (*key, value.as_str())));
        tags.map(|(key, value)| tag(call, key, value)).collect()
    }
}

/// Whether one of this name that is there already is the one that is to be, by its tags.
pub(super) fn tagged(
    call: &'static str,
    what: Principal,
    wanted: &NewPrincipal<'_>,
    tags: Option<&OwnTags>,
) -> Result<(), CallError> {
    let name = wanted.name;
    let id = wanted.tags.iter().find(|(key, _)| *key == TAG_REQUEST_ID).map(|(_, value)| value.as_str());
    let tags = tags.ok_or_else(|| what.not_seen(call, name))?;
    match tags.request_id.as_deref() {
        Some(found) if Some(found) == id && tags.is_of(wanted.deployment) => Ok(()),
        Some(_) => {
            let message = format!("the {what} {name} exists, and its tags say that it is for something else");
            Err(CallError::permanent(call, message))
        }
        None => {
            let message = format!("the {what} {name} exists, and no tag says that it is for this request");
            Err(refused(call, NOT_TAGGED, message))
        }
    }
}

pub(super) fn refused(call: &'static str, code: &str, message: String) -> CallError {
    CallError { call, code: Some(code.to_owned()), message, remedy: Remedy::Permanent }
}

/// Tag values take letters, digits, spaces and `_.:/=+-@`, up to 256 characters (IAM); the rest becomes `-`.
pub(super) fn tag(call: &'static str, key: &str, value: &str) -> Result<Tag, CallError> {
    const VALUE_MAX_CHARS: usize = 256;
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let value: String =
        value.chars().map(|c| if allowed(c) { c } else { '-' }).take(VALUE_MAX_CHARS).collect();
    Tag::builder().key(key).value(value).build().map_err(|e| CallError::permanent(call, e.to_string()))
}
