//! What is handed out: the JSON of AWS's `credential_process`.

use domain::UnixSeconds;
use serde::Deserialize;
use serde_json::{Value, json};
use service::secret::{SecretAccessKey, SessionToken};

use crate::failure::Failure;

/// Version of AWS's form.
const VERSION: u64 = 1;
/// Longest part of a credential, in bytes: AWS gives session tokens no limit, and they have about 1 KiB.
const PART_MAX_BYTES: usize = 16 * 1024;

/// A credential that was claimed.
#[derive(Debug, Clone)]
#[allow(missing_docs, reason = "the names say it")]
pub struct Credential {
    pub access_key_id: String,
    pub secret_access_key: SecretAccessKey,
    /// A session has one, and a user's key has none.
    pub session_token: Option<SessionToken>,
    /// Until when it works, unless the grant is ended earlier.
    pub expires_at: Option<UnixSeconds>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fields {
    version: u64,
    access_key_id: String,
    secret_access_key: String,
    #[serde(default)]
    session_token: Option<String>,
    #[serde(default)]
    expiration: Option<String>,
}

impl Credential {
    /// Reads it. The cause of a failure never shows what was read.
    pub(crate) fn parse(json: &[u8]) -> Result<Self, Failure> {
        let unreadable = |why: &str| {
            Failure::new("what was handed out is not a credential that this version of keylease can read")
                .because(why)
                .hint("use the version of keylease that is deployed")
        };
        let fields: Fields = serde_json::from_slice(json).map_err(|_| unreadable("it is not AWS's JSON"))?;
        if fields.version != VERSION {
            return Err(unreadable(&format!("its version is {}, not {VERSION}", fields.version)));
        }
        let token = fields.session_token.filter(|token| !token.is_empty());
        let parts = [Some(&fields.access_key_id), Some(&fields.secret_access_key), token.as_ref()];
        if !parts.into_iter().flatten().all(|part| is_part(part)) {
            return Err(unreadable("a part of it is empty, too long, or has white space"));
        }
        let expires_at = match &fields.expiration {
            None => None,
            Some(text) => Some(
                UnixSeconds::from_rfc3339(text).ok_or_else(|| unreadable("its expiration is no moment"))?,
            ),
        };
        Ok(Self {
            access_key_id: fields.access_key_id,
            secret_access_key: SecretAccessKey::new(fields.secret_access_key),
            session_token: token.map(SessionToken::new),
            expires_at,
        })
    }

    /// As AWS's tools read it, and as it is kept. The secret leaves the process here.
    #[must_use]
    pub fn to_process_json(&self) -> Value {
        let mut json = json!({
            "Version": VERSION,
            "AccessKeyId": self.access_key_id,
            "SecretAccessKey": self.secret_access_key.reveal(),
        });
        if let Some(fields) = json.as_object_mut() {
            let token = self.session_token.as_ref().map(|token| ("SessionToken", token.reveal().to_owned()));
            let end = self.expires_at.map(|at| ("Expiration", at.rfc3339()));
            fields.extend(token.into_iter().chain(end).map(|(name, text)| (name.to_owned(), text.into())));
        }
        json
    }

    /// Whether it is a session, which is renewed; a user's key lasts as long as the grant.
    #[must_use]
    pub fn is_session(&self) -> bool {
        self.session_token.is_some()
    }

    /// Seconds until it stops to work; none left where that is over.
    pub(crate) fn seconds_left(&self, now: UnixSeconds) -> Option<i64> {
        self.expires_at.map(|at| at.seconds_since(now).max(0))
    }
}

/// A line break in one of them would be another line in a file of AWS's.
fn is_part(text: &str) -> bool {
    !text.is_empty() && text.len() <= PART_MAX_BYTES && text.chars().all(|c| c.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_is_read_and_written_as_aws_has_it() {
        let session = json!({ "Version": 1, "AccessKeyId": "ASIAX", "SecretAccessKey": "s/+", "SessionToken": "t==",
            "Expiration": "2026-11-28T13:00:00Z" });
        let read = Credential::parse(session.to_string().as_bytes()).unwrap();
        assert_eq!(read.to_process_json(), session);
        assert!(!format!("{read:?}").contains("s/+"));
        let mut more = session;
        more["console_url"] = "https://signin".into();
        assert!(Credential::parse(more.to_string().as_bytes()).is_ok());
        let key = r#"{"Version":1,"AccessKeyId":"AKIAX","SecretAccessKey":"s","SessionToken":null}"#;
        let read = Credential::parse(key.as_bytes()).unwrap();
        assert!(read.session_token.is_none() && read.expires_at.is_none());
    }

    #[test]
    fn what_is_no_credential_is_refused_and_not_shown() {
        for json in [
            "",
            "[]",
            r#"{"Version":2,"AccessKeyId":"AKIAX","SecretAccessKey":"hidden"}"#,
            r#"{"Version":1,"AccessKeyId":"","SecretAccessKey":"hidden"}"#,
            r#"{"Version":1,"AccessKeyId":"AKIAX","SecretAccessKey":"hidden\n[default]"}"#,
            r#"{"Version":1,"AccessKeyId":"AKIAX","SecretAccessKey":"hidden","Expiration":"soon"}"#,
        ] {
            let failure = Credential::parse(json.as_bytes()).unwrap_err();
            assert!(!format!("{failure:?}").contains("hidden"), "{json}");
        }
    }
}
