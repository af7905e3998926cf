//! A machine that claims a credential.

use domain::job::ClaimClick;
use domain::{ClaimId, DeliveryId, RequestId};
use sealing::{Delivery, PrivateKey, code, fingerprint};

/// A machine that asked for a credential.
#[derive(Debug)]
pub(crate) struct Machine {
    /// Its private half, which nothing but the machine has.
    pub(crate) key: PrivateKey,
    pub(crate) public_key: String,
    pub(crate) request_id: RequestId,
    pub(crate) claim_id: ClaimId,
    pub(crate) delivery_id: DeliveryId,
}

impl Machine {
    pub(crate) fn delivery(&self) -> Delivery<'_> {
        Delivery { claim_id: self.claim_id.as_str(), delivery_id: self.delivery_id.as_str() }
    }

    /// What it shows on its screen.
    pub(crate) fn code(&self) -> String {
        code(&self.key.public(), self.delivery())
    }

    /// What the buttons carry that are about it.
    pub(crate) fn value(&self) -> String {
        let key = fingerprint(&self.key.public());
        ClaimClick::button_value(&self.request_id, &self.claim_id, &self.delivery_id, &key)
    }
}
