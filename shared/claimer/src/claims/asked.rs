//! A claim, from asking to the credential: the machine makes a key pair, somebody compares the code, and what was sealed is opened.

use sealing::PrivateKey;

use super::credential::Credential;
use super::link::Link;
use super::server::Server;
use super::wait::{FOR_A_PERSON, Waited, until_ready};
use crate::failure::Failure;
use crate::machine::Machine;

/// A credential that was asked for, and that waits for the click in Slack.
pub struct Asked {
    link: Link,
    server: Server,
    key: PrivateKey,
    delivery_id: String,
    code: String,
}

/// What was claimed, and by which key.
#[derive(Debug)]
pub struct Claimed {
    pub(crate) link: Link,
    pub(crate) delivery_id: String,
    pub(crate) key: PrivateKey,
    /// The credential.
    pub credential: Credential,
}

impl Asked {
    /// Asks for the credential, sealed to a key that is made now.
    pub async fn at(link: Link, label: &str) -> Result<Self, Failure> {
        let (key, server) = (PrivateKey::generate(), Server::of(&link)?);
        let (delivery_id, code) = server.ask(&link, &key.public(), label).await?;
        Ok(Self { link, server, key, delivery_id, code })
    }

    /// The code that Slack has to show, too.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Waits for the click in Slack, and opens what was sealed.
    pub async fn answered(self, machine: &dyn Machine) -> Result<Claimed, Failure> {
        let Self { link, server, key, delivery_id, code: _ } = self;
        let delivery = link.delivery(&delivery_id);
        let sealed = match until_ready(&server, delivery, FOR_A_PERSON, machine).await? {
            Waited::Ready(sealed) => sealed,
            Waited::Refused => {
                return Err(Failure::new(
                    "No was pressed in Slack, so the access was ended and nothing was handed out",
                )
                .hint("if that was a mistake, ask for it again in Slack"));
            }
            Waited::Over => {
                return Err(Failure::new("the credential can no longer be claimed here: another machine claimed it, or its time is over")
                    .hint("look at Keylease's last message to you in Slack"));
            }
            Waited::TooLong(cause) => {
                let failure = Failure::new("there was no answer in Slack for 15 minutes")
                    .hint("run the same command again, and press Yes in Slack where the code is the same");
                return Err(Failure { cause, ..failure });
            }
        };
        let opened = sealing::open(&key, delivery, &sealed).map_err(|error| {
            Failure::new("the credential cannot be opened")
                .because(error)
                .hint("end the access in Slack, ask again, and tell those who run Keylease")
        })?;
        let credential = Credential::parse(&opened)?;
        Ok(Claimed { link, delivery_id, key, credential })
    }
}
