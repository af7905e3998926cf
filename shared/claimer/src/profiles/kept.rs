//! What Keylease keeps of a profile, in a file that only this person can read.
//!
//! Of a session: the key pair's private half and the credential, to renew it and to answer AWS's tools. Of a user's key: its
//! id alone, to know the profile again; the key itself is in AWS's own file.

use domain::UnixSeconds;
use sealing::PrivateKey;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::private_file;
use super::profile::Profile;
use crate::claims::credential::Credential;
use crate::claims::ids::is_id;
use crate::claims::link::Link;
use crate::failure::Failure;

/// Version of the file.
const VERSION: u32 = 1;

/// What is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Where it was claimed.
    pub(crate) link: Link,
    pub(crate) access_key_id: String,
    /// Until when the credential works.
    pub(crate) expires_at: Option<UnixSeconds>,
    /// The delivery of a user's key, by which it is looked up whether the grant ended early or was extended. Earlier versions
    /// kept none.
    pub(crate) key_delivery: Option<KeyDelivery>,
    /// What a session has besides.
    pub(crate) session: Option<KeptSession>,
}

/// The delivery of a user's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeyDelivery {
    pub(crate) delivery_id: String,
    /// When it was looked up last.
    #[serde(default)]
    pub(crate) looked_at: Option<UnixSeconds>,
}

/// A session, and how it is renewed.
#[derive(Debug)]
pub(crate) struct KeptSession {
    /// The delivery that was confirmed in Slack.
    pub(crate) delivery_id: String,
    pub(crate) key: PrivateKey,
    pub(crate) credential: Credential,
    /// Whether the grant ends with this session, or has ended.
    pub(crate) is_last: bool,
    /// When it was looked up last whether the grant was ended early.
    pub(crate) looked_at: Option<UnixSeconds>,
}

/// The file. It has secrets, so it does not print.
#[derive(Serialize, Deserialize)]
struct File {
    version: u32,
    url: String,
    claim_id: String,
    access_key_id: String,
    #[serde(default)]
    expires_at: Option<UnixSeconds>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_delivery: Option<KeyDelivery>,
    #[serde(default)]
    session: Option<SessionOfFile>,
}

#[derive(Serialize, Deserialize)]
struct SessionOfFile {
    delivery_id: String,
    private_key: String,
    credential: Value,
    #[serde(default)]
    is_last: bool,
    #[serde(default)]
    looked_at: Option<UnixSeconds>,
}

impl Kept {
    /// Of a credential that was claimed now.
    pub(crate) fn new(link: Link, delivery_id: String, key: PrivateKey, credential: Credential) -> Self {
        let (access_key_id, expires_at) = (credential.access_key_id.clone(), credential.expires_at);
        let is_session = credential.is_session();
        let key_delivery =
            (!is_session).then(|| KeyDelivery { delivery_id: delivery_id.clone(), looked_at: None });
        let session = is_session.then_some(KeptSession {
            delivery_id,
            key,
            credential,
            is_last: false,
            looked_at: None,
        });
        Self { link, access_key_id, expires_at, key_delivery, session }
    }

    /// Reads what is kept of a profile; nothing where Keylease did not write it.
    pub(crate) fn read(profile: &Profile) -> Result<Option<Self>, Failure> {
        let path = profile.kept();
        let unreadable = |why: &dyn std::fmt::Display| {
            Failure::new(format!("{} cannot be read", path.display())).because(why).hint(
                "remove the file, and claim the credential again; or use the version of keylease that wrote it",
            )
        };
        let Some(text) = private_file::read(&path).map_err(|error| unreadable(&error))? else {
            return Ok(None);
        };
        // The parser's own message could show what is in the file.
        let file: File =
            serde_json::from_str(&text).map_err(|_| unreadable(&"it is not what was written"))?;
        if file.version != VERSION || !is_id(&file.claim_id) {
            return Err(unreadable(&"it is another version's"));
        }
        let session = file.session.map(|session| {
            let key = PrivateKey::parse(&session.private_key).map_err(|error| unreadable(&error))?;
            let credential = Credential::parse(session.credential.to_string().as_bytes())?;
            let (delivery_id, is_last) = (session.delivery_id, session.is_last);
            let looked_at = session.looked_at;
            Ok::<_, Failure>(KeptSession { delivery_id, key, credential, is_last, looked_at })
        });
        Ok(Some(Self {
            link: Link { base: file.url, claim_id: file.claim_id },
            access_key_id: file.access_key_id,
            expires_at: file.expires_at,
            key_delivery: file.key_delivery.filter(|key| is_id(&key.delivery_id)),
            session: session.transpose()?,
        }))
    }

    /// Keeps it.
    pub(crate) fn write(&self, profile: &Profile) -> Result<(), Failure> {
        let session = self.session.as_ref().map(|session| SessionOfFile {
            delivery_id: session.delivery_id.clone(),
            private_key: session.key.to_base64url(),
            credential: session.credential.to_process_json(),
            is_last: session.is_last,
            looked_at: session.looked_at,
        });
        let file = File {
            version: VERSION,
            url: self.link.base.clone(),
            claim_id: self.link.claim_id.clone(),
            access_key_id: self.access_key_id.clone(),
            expires_at: self.expires_at,
            key_delivery: self.key_delivery.clone(),
            session,
        };
        let path = profile.kept();
        let written = serde_json::to_vec_pretty(&file)
            .map_err(std::io::Error::other)
            .and_then(|text| private_file::replace(&path, &text));
        written.map_err(|error| Failure::new(format!("{} cannot be written", path.display())).because(error))
    }

    /// The delivery by which it is looked up whether the grant goes on, and when that was done last.
    pub(crate) fn delivery(&mut self) -> Option<(String, &mut Option<UnixSeconds>)> {
        match (&mut self.session, &mut self.key_delivery) {
            (Some(session), _) => Some((session.delivery_id.clone(), &mut session.looked_at)),
            (None, Some(key)) => Some((key.delivery_id.clone(), &mut key.looked_at)),
            (None, None) => None,
        }
    }

    /// Takes over what was renewed. A session that ends when the one before it ended is the last.
    pub(crate) fn renew(&mut self, credential: Credential) {
        let Some(session) = &mut self.session else { return };
        session.is_last = credential.expires_at <= self.expires_at;
        self.access_key_id.clone_from(&credential.access_key_id);
        self.expires_at = credential.expires_at;
        session.credential = credential;
    }
}
