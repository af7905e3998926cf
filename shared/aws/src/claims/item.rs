//! A claim as its table has it.

use std::collections::BTreeMap;

use domain::as_read::AsRead;
use domain::claim::DELIVERIES_MAX;
use domain::job::MessageRef;
use domain::{ClaimId, DeliveryId, RequestId, UnixSeconds};
use serde::{Deserialize, Serialize};

/// The attribute by which DynamoDB deletes a claim, some time after.
pub const EXPIRY_ATTRIBUTE: &str = "expires";
/// Renewed credentials that a claim keeps, at most: a machine fetches each within seconds.
const RENEWALS_KEPT: usize = 3;

/// One claim: the credential of one request. Nothing in it is readable to anybody but the machine that it is sealed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ClaimItem {
    pub claim_id: ClaimId,
    pub request_id: RequestId,
    /// Until when it is answered; DynamoDB deletes it some time after.
    pub expires: UnixSeconds,
    /// Grows by one with each write.
    #[serde(default)]
    pub version: u64,
    /// Whether nothing is handed out any more.
    #[serde(default)]
    pub closed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<DeliveryId>,
    /// The machines that asked, by their deliveries.
    #[serde(default)]
    pub deliveries: BTreeMap<DeliveryId, DeliveryItem>,
    /// The credentials that followed the first one, by their deliveries.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renewals: BTreeMap<DeliveryId, DeliveryItem>,
    /// What stood in the table, so that a write keeps what only a newer program knows.
    #[serde(skip)]
    pub as_read: AsRead,
}

/// One machine that asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct DeliveryItem {
    pub state: DeliveryState,
    pub public_key: String,
    pub label: String,
    pub asked_at: UnixSeconds,
    /// The message that asks the requester about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageRef>,
    /// What is sealed to it: the encapsulated key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enc: Option<String>,
    /// What is sealed to it: the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ciphertext: Option<String>,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// The requester has not answered, or the credential is being made.
    Waiting,
    /// The credential is sealed to it.
    Ready,
    /// The requester said that the machine is not theirs.
    Refused,
    /// Another machine got the credential, or the grant is over.
    Over,
    /// A newer program knows what it means; nothing is handed out here, and the word stays in the table.
    #[serde(other)]
    Newer,
}

impl ClaimItem {
    /// One that nobody has asked for yet.
    #[must_use]
    pub fn new(claim_id: ClaimId, request_id: RequestId, expires: UnixSeconds) -> Self {
        Self {
            claim_id,
            request_id,
            expires,
            version: 0,
            closed: false,
            confirmed: None,
            deliveries: BTreeMap::new(),
            renewals: BTreeMap::new(),
            as_read: AsRead::default(),
        }
    }

    /// Whether a machine may ask for it at `now`.
    #[must_use]
    pub fn is_open(&self, now: UnixSeconds) -> bool {
        !self.closed && self.confirmed.is_none() && now < self.expires
    }

    /// Whether as many machines asked as may.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.deliveries.len() >= DELIVERIES_MAX
    }

    /// One delivery, of the first credential or of a later one.
    #[must_use]
    pub fn delivery(&self, id: &DeliveryId) -> Option<&DeliveryItem> {
        self.deliveries.get(id).or_else(|| self.renewals.get(id))
    }

    /// How far a delivery has come at `now`, and what is sealed to it where that is handed out.
    #[must_use]
    pub fn answer(&self, id: &DeliveryId, now: UnixSeconds) -> Option<(DeliveryState, Option<(&str, &str)>)> {
        let delivery = self.delivery(id)?;
        let is_over = self.closed || now >= self.expires;
        Some(match delivery.state {
            DeliveryState::Refused => (DeliveryState::Refused, None),
            DeliveryState::Over => (DeliveryState::Over, None),
            DeliveryState::Waiting | DeliveryState::Ready | DeliveryState::Newer if is_over => {
                (DeliveryState::Over, None)
            }
            DeliveryState::Waiting | DeliveryState::Newer => (DeliveryState::Waiting, None),
            DeliveryState::Ready => match (&delivery.enc, &delivery.ciphertext) {
                (Some(enc), Some(ciphertext)) => (DeliveryState::Ready, Some((enc, ciphertext))),
                (None, _) | (_, None) => (DeliveryState::Waiting, None),
            },
        })
    }

    /// From now on nothing is handed out, and what is sealed is gone from the table.
    pub fn close(&mut self) {
        self.closed = true;
        self.renewals.clear();
        for delivery in self.deliveries.values_mut() {
            (delivery.enc, delivery.ciphertext) = (None, None);
            delivery.state = match delivery.state {
                DeliveryState::Refused => DeliveryState::Refused,
                DeliveryState::Waiting
                | DeliveryState::Ready
                | DeliveryState::Over
                | DeliveryState::Newer => DeliveryState::Over,
            };
        }
    }

    /// Keeps a renewed credential, and only so many of the earlier ones.
    pub fn keep_renewal(&mut self, id: DeliveryId, renewal: DeliveryItem) {
        self.renewals.insert(id, renewal);
        while self.renewals.len() > RENEWALS_KEPT {
            let oldest =
                self.renewals.iter().min_by_key(|(_, renewal)| renewal.asked_at).map(|(id, _)| id.clone());
            let Some(oldest) = oldest else { break };
            self.renewals.remove(&oldest);
        }
    }
}
