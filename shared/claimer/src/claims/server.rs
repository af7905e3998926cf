//! The ingress's routes for claims, as a claimer calls them.

use domain::UnixSeconds;
use sealing::{Delivery, PublicKey};
use serde::Deserialize;
use serde_json::json;

use super::ids::is_id;
use super::link::Link;
use crate::failure::Failure;
use crate::http::{Answer, Http};
use domain::text::short;

/// The ingress.
pub(crate) struct Server {
    http: Http,
    base: String,
}

/// What becomes of one delivery.
#[derive(Debug, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub(crate) enum State {
    /// For the click in Slack.
    Waiting,
    /// *No* was clicked.
    Refused,
    /// Nothing is handed out any more.
    Over,
    /// What was sealed to the key.
    Ready {
        enc: String,
        ciphertext: String,
        /// Until when the grant lasts now, in Unix seconds, where the server says it.
        #[serde(default)]
        expires_at: Option<i64>,
    },
    /// The server does not know it.
    #[serde(skip)]
    Unknown,
}

/// Why a delivery could not be looked at.
pub(crate) enum Unseen {
    /// Another look may tell.
    Passing(String),
    /// None will.
    ForGood(Failure),
}

/// What came of asking for the next credential.
pub(crate) enum Renewal {
    /// It comes as this delivery.
    Accepted(String),
    /// The grant is over.
    Over,
    /// It was not taken, and the server's time was this.
    NotTaken { failure: Failure, server_time: Option<UnixSeconds> },
}

#[derive(Deserialize)]
struct Accepted {
    delivery_id: String,
    #[serde(default)]
    code: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    error: String,
}

impl Server {
    /// The one at which the claim is made.
    pub(crate) fn of(link: &Link) -> Result<Self, Failure> {
        Ok(Self { http: Http::to(&link.base)?, base: link.base.clone() })
    }

    /// Asks for the credential, sealed to this key. Returns the delivery's id and the code, as computed here: the one in the
    /// answer has to be the same.
    pub(crate) async fn ask(
        &self,
        link: &Link,
        key: &PublicKey,
        label: &str,
    ) -> Result<(String, String), Failure> {
        let url = format!("{}/claims/{}", self.base, link.claim_id);
        let body = json!({ "public_key": key.to_base64url(), "label": label });
        let answer = self.http.post(&url, &body).await.map_err(|why| {
            Failure::new("the credential could not be asked for")
                .because(why)
                .hint("check the network and the link, and try again")
        })?;
        match answer.status {
            202 | 200 => {}
            404 | 410 => {
                return Err(Failure::new("nothing can be claimed by this link: it was claimed, it ended, or it never was")
                    .hint("look at Keylease's last message to you in Slack; if the access is over, ask for it again"));
            }
            429 => {
                return Err(Failure::new("this link was used too often").because(said(&answer)).hint(
                    "answer what Slack asked you, or wait a minute and try again; if it goes on, end the access in Slack and ask again",
                ));
            }
            _ => return Err(unexpected("the credential could not be asked for", &answer)),
        }
        let accepted: Accepted = read(&answer)?;
        let code = sealing::code(key, link.delivery(&accepted.delivery_id));
        if accepted.code.is_some_and(|said| said != code) {
            return Err(Failure::new("the answer has the code of another key than this machine's")
                .hint("press No in Slack, and tell those who run Keylease: somebody may stand between"));
        }
        Ok((accepted.delivery_id, code))
    }

    /// Looks what became of a delivery.
    pub(crate) async fn look(&self, delivery: Delivery<'_>) -> Result<State, Unseen> {
        const WHAT: &str = "the credential cannot be fetched";
        let url = format!("{}/claims/{}/{}", self.base, delivery.claim_id, delivery.delivery_id);
        let answer = self.http.get(&url).await.map_err(|why| Unseen::Passing(why.to_string()))?;
        match answer.status {
            200 => serde_json::from_slice(&answer.body)
                .map_err(|error| Unseen::ForGood(unreadable().because(error))),
            404 | 410 => Ok(State::Unknown),
            429 | 500..=599 => Err(Unseen::Passing(said(&answer))),
            _ => Err(Unseen::ForGood(unexpected(WHAT, &answer))),
        }
    }

    /// Asks for the credential after this delivery's, by a request that its key signed.
    pub(crate) async fn renew(
        &self,
        delivery: Delivery<'_>,
        requested_at: UnixSeconds,
        signature: &str,
    ) -> Result<Renewal, Failure> {
        const WHAT: &str = "the credential could not be renewed";
        let url = format!("{}/claims/{}/{}/renewals", self.base, delivery.claim_id, delivery.delivery_id);
        let body = json!({ "requested_at": requested_at.0, "signature": signature });
        let answer = self.http.post(&url, &body).await.map_err(|why| {
            Failure::new(WHAT).because(why).hint("check the network; AWS's tools ask again by themselves")
        })?;
        match answer.status {
            202 | 200 => read(&answer).map(|accepted| Renewal::Accepted(accepted.delivery_id)),
            // Only where Keylease says it: a gateway without the route answers 404 too, and what is over is forgotten for good.
            404 | 410 if serde_json::from_slice::<Said>(&answer.body).is_ok() => Ok(Renewal::Over),
            _ => Ok(Renewal::NotTaken { failure: unexpected(WHAT, &answer), server_time: answer.date }),
        }
    }
}

fn read(answer: &Answer) -> Result<Accepted, Failure> {
    let accepted: Accepted =
        serde_json::from_slice(&answer.body).map_err(|error| unreadable().because(error))?;
    // It becomes part of a URL.
    if is_id(&accepted.delivery_id) {
        Ok(accepted)
    } else {
        Err(unreadable().because("the delivery's id is none"))
    }
}

fn unreadable() -> Failure {
    Failure::new("the answer is not Keylease's, or another version's")
        .hint("check the link; use the version of keylease that is deployed")
}

/// A status for which there is nothing particular to do.
fn unexpected(what: &str, answer: &Answer) -> Failure {
    let failure = Failure::new(what).because(said(answer));
    match answer.status {
        300..=399 => {
            failure.hint("use the link as it stands in Slack's message; redirections are not followed")
        }
        429 => failure.hint("wait a minute, and try again"),
        500..=599 => failure.hint("this may pass: try again"),
        _ => failure.hint("check the link; use the version of keylease that is deployed"),
    }
}

fn said(answer: &Answer) -> String {
    let said = serde_json::from_slice::<Said>(&answer.body).map(|said| short(&said.error));
    let status = answer.status;
    said.map_or_else(|_| format!("HTTP status {status}"), |said| format!("HTTP status {status}: {said}"))
}
