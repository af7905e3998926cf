//! Extensions of a grant: each asked for and decided on the grant's own record.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::duration::GrantDuration;
use crate::ids::{ClickId, SlackUserId};
use crate::time::UnixSeconds;

/// Longest reason of an extension that is kept, in characters.
pub const EXTENSION_REASON_MAX_CHARS: usize = 500;
/// Asks for one grant that may come to nothing, at most: each stays in its record.
pub const UNGRANTED_MAX: usize = 10;
/// So long before its end, in seconds, a grant is not extended any more: longer than a write of its record takes, and than
/// two hosts' clocks differ, so that an extension and the end do not cross.
pub const EXTEND_MARGIN_SECONDS: i64 = 5;

/// The extensions of a grant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(from = "ExtensionsRecord", into = "ExtensionsRecord")]
pub struct Extensions {
    /// Oldest first.
    pub list: Vec<Extension>,
    /// Entries that this version cannot read, which are kept as they are.
    unread: Vec<serde_json::Value>,
    /// One whose later end stands in the record, while the guard still has the earlier one.
    pub extending: Option<Extending>,
}

/// The same as the table has it.
#[derive(Serialize, Deserialize)]
struct ExtensionsRecord {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    extensions: Vec<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extending: Option<Extending>,
}

impl From<ExtensionsRecord> for Extensions {
    fn from(record: ExtensionsRecord) -> Self {
        let mut extensions = Self { extending: record.extending, ..Self::default() };
        for entry in record.extensions {
            match Extension::deserialize(&entry) {
                Ok(extension) => extensions.list.push(extension),
                Err(_) => extensions.unread.push(entry),
            }
        }
        extensions
    }
}

impl From<Extensions> for ExtensionsRecord {
    fn from(extensions: Extensions) -> Self {
        // Each is a map of texts and numbers, so that none is lost here.
        let read = extensions.list.iter().filter_map(|extension| serde_json::to_value(extension).ok());
        Self { extensions: read.chain(extensions.unread).collect(), extending: extensions.extending }
    }
}

/// An extension that is being carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Extending {
    pub number: u32,
    /// The end before it, which the guard has until the later guard is in place.
    pub from: UnixSeconds,
}

/// One extension: what was asked, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Extension {
    /// Counted from 1.
    pub number: u32,
    pub outcome: ExtensionOutcome,
    pub asked_at: UnixSeconds,
    pub by: SlackUserId,
    /// How long access is to last, from the decision.
    #[serde(rename = "seconds", with = "crate::duration::seconds")]
    pub duration: GrantDuration,
    /// Why, as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<String>,
    /// Names the submission that made it, so that a second delivery is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<ClickId>,
    /// Who agreed so far, where it takes several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<SlackUserId>,
    /// Whoever decided last, or the rule that granted it. A program that knows no rules keeps the entry unread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Actor>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<UnixSeconds>,
    /// The end that was granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<UnixSeconds>,
    /// Why it came to nothing; where somebody denied it, what they said of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// How far an extension has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExtensionOutcome {
    /// Waits for an approver.
    Open,
    /// Approved; the later end is being put in place.
    Approved,
    /// The grant has the later end.
    Extended,
    /// An approver said no.
    Denied,
    /// Nobody decided in time, or nobody could be asked.
    Lapsed,
    /// The grant ended before it was carried out.
    Void,
    /// The later end could not be put in place.
    Failed,
}

impl ExtensionOutcome {
    /// Whether nothing more becomes of it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Open | Self::Approved => false,
            Self::Extended | Self::Denied | Self::Lapsed | Self::Void | Self::Failed => true,
        }
    }

    /// Whether it counts as one of those that the role allows.
    #[must_use]
    pub const fn is_granted(self) -> bool {
        match self {
            Self::Approved | Self::Extended => true,
            Self::Open | Self::Denied | Self::Lapsed | Self::Void | Self::Failed => false,
        }
    }
}

/// What a message about an extension shows, so that one that is up to date is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownExtension {
    /// How far it has come.
    pub outcome: ExtensionOutcome,
    /// How many had agreed.
    #[serde(default)]
    pub approvals: u32,
    /// Whether the later end was in place.
    #[serde(default)]
    pub in_force: bool,
}

impl Extensions {
    /// The one of this number.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&Extension> {
        self.list.iter().find(|extension| extension.number == number)
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Extension> {
        self.list.iter_mut().find(|extension| extension.number == number)
    }

    /// The one that waits for a decision, or to be carried out.
    #[must_use]
    pub fn pending(&self) -> Option<&Extension> {
        self.list.iter().find(|extension| {
            !extension.outcome.is_final()
                || self.extending.is_some_and(|extending| extending.number == extension.number)
        })
    }

    /// The one that is to be carried out: approved, or with its later end in the record and not in the guard.
    #[must_use]
    pub fn to_carry_out(&self) -> Option<&Extension> {
        self.pending().filter(|extension| extension.outcome.is_granted())
    }

    /// How many were granted.
    #[must_use]
    pub fn granted(&self) -> u32 {
        let granted = self.list.iter().filter(|extension| extension.outcome.is_granted()).count();
        u32::try_from(granted).unwrap_or(u32::MAX)
    }

    /// The last one whose later end is in place.
    #[must_use]
    pub fn last_in_force(&self) -> Option<&Extension> {
        self.list.iter().rev().find(|extension| self.shown(extension).in_force)
    }

    /// How many have their later end in place.
    #[must_use]
    pub fn in_force(&self) -> u32 {
        let in_force = self.list.iter().filter(|extension| self.shown(extension).in_force).count();
        u32::try_from(in_force).unwrap_or(u32::MAX)
    }

    /// What an up-to-date message about an extension shows.
    #[must_use]
    pub fn shown(&self, extension: &Extension) -> ShownExtension {
        let being_extended = self.extending.is_some_and(|extending| extending.number == extension.number);
        ShownExtension {
            outcome: extension.outcome,
            approvals: u32::try_from(extension.approvals.len()).unwrap_or(u32::MAX),
            in_force: extension.outcome == ExtensionOutcome::Extended && !being_extended,
        }
    }

    /// The grant is over: what was not carried out is void.
    pub(crate) fn end(&mut self) {
        for extension in self.list.iter_mut().filter(|extension| !extension.outcome.is_final()) {
            extension.outcome = ExtensionOutcome::Void;
        }
        self.extending = None;
    }
}
