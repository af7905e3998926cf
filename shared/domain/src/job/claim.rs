//! What machines and people ask of a claim. Public keys, signatures and ids only: nothing here is a secret.

use serde::{Deserialize, Serialize};

use crate::ids::{ClaimId, DeliveryId, RequestId};
use crate::job::click::Click;
use crate::time::UnixSeconds;

/// A machine asks for the credential of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ClaimAsk {
    pub request_id: RequestId,
    pub claim_id: ClaimId,
    pub delivery_id: DeliveryId,
    /// An uncompressed point of P-256, as base64url.
    pub public_key: String,
    /// What the machine calls itself.
    pub label: String,
    /// When it reached the ingress.
    pub asked_at: UnixSeconds,
}

/// A click on one of the buttons that ask whether a machine is one's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct ClaimClick {
    #[serde(flatten)]
    pub click: Click,
    pub claim_id: ClaimId,
    pub delivery_id: DeliveryId,
    /// The public key that was asked about, by its fingerprint.
    pub key_fingerprint: String,
}

/// A machine asks for the next credential, by a request signed with its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Renewal {
    pub request_id: RequestId,
    pub claim_id: ClaimId,
    pub delivery_id: DeliveryId,
    pub next_delivery_id: DeliveryId,
    /// When the machine asked, by its own clock.
    pub requested_at: UnixSeconds,
    /// ECDSA with SHA-256, as base64url.
    pub signature: String,
    /// When it reached the ingress.
    pub asked_at: UnixSeconds,
}

impl ClaimClick {
    /// What the button carries.
    #[must_use]
    pub fn button_value(
        request_id: &RequestId,
        claim_id: &ClaimId,
        delivery_id: &DeliveryId,
        key_fingerprint: &str,
    ) -> String {
        [request_id.as_str(), claim_id.as_str(), delivery_id.as_str(), key_fingerprint].join("#")
    }

    /// The same, read back: the request, the claim, the delivery and the key's fingerprint.
    #[must_use]
    pub fn read_button_value(value: &str) -> Option<(RequestId, ClaimId, DeliveryId, String)> {
        let mut parts = value.split('#');
        let request_id = RequestId::parse(parts.next()?).ok()?;
        let claim_id = ClaimId::parse(parts.next()?).ok()?;
        let delivery_id = DeliveryId::parse(parts.next()?).ok()?;
        let fingerprint = parts.next()?;
        let plausible = fingerprint.len() <= 64 && fingerprint.bytes().all(|b| b.is_ascii_hexdigit());
        (plausible && parts.next().is_none())
            .then(|| (request_id, claim_id, delivery_id, fingerprint.to_owned()))
    }
}
