//! Ids of deliveries: random, and signed, so that one that a worker has not stored yet is told from one that was made up.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::{ClaimId, DeliveryId};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sealing::ID_BYTES;
use service::secret::SigningSecret;
use sha2::Sha256;

/// Bytes of the moment at which it was made, in Unix seconds.
const TIME_BYTES: usize = 8;
/// Bytes of the signature that are kept: 96 bits, which nobody guesses over the network.
const TAG_BYTES: usize = 12;
/// One that no worker has stored after so long, in seconds, is not waited for any more.
const STORED_WITHIN_SECONDS: i64 = 15 * 60;

/// Makes ids, and knows its own again.
pub(crate) struct DeliveryIds(Hmac<Sha256>);

impl std::fmt::Debug for DeliveryIds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeliveryIds(…)")
    }
}

impl DeliveryIds {
    /// Every instance of the ingress has this secret; what is signed here is like nothing that Slack signs.
    pub(crate) fn new(signing_secret: &SigningSecret) -> Self {
        let key = signing_secret.reveal().as_bytes();
        // A key of any length is taken.
        Self(
            Hmac::new_from_slice(key)
                .unwrap_or_else(|_| Hmac::new(&hmac::digest::Key::<Hmac<Sha256>>::default())),
        )
    }

    /// A new one for this claim.
    pub(crate) fn make(&self, claim_id: &ClaimId, now_s: i64) -> Option<DeliveryId> {
        let mut bytes = sealing::random_bytes().to_vec();
        bytes.extend(now_s.to_be_bytes());
        let tag = self.signed(claim_id, &bytes).finalize().into_bytes();
        bytes.extend(tag.iter().take(TAG_BYTES));
        DeliveryId::parse(&URL_SAFE_NO_PAD.encode(bytes)).ok()
    }

    /// Whether it was made for this claim, and not too long ago.
    pub(crate) fn is_ours(&self, claim_id: &ClaimId, id: &DeliveryId, now_s: i64) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(id.as_str()) else { return false };
        let Some((head, tag)) = bytes.split_at_checked(ID_BYTES + TIME_BYTES) else { return false };
        let time = head.get(ID_BYTES..).and_then(|time| time.try_into().ok()).map(i64::from_be_bytes);
        let is_recent = time.is_some_and(|made| now_s.saturating_sub(made) < STORED_WITHIN_SECONDS);
        tag.len() == TAG_BYTES && self.signed(claim_id, head).verify_truncated_left(tag).is_ok() && is_recent
    }

    fn signed(&self, claim_id: &ClaimId, bytes: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(b"keylease/delivery/v1:");
        mac.update(claim_id.as_str().as_bytes());
        mac.update(b":");
        mac.update(bytes);
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_here_for_the_claim_and_lately_is_ours() {
        let ids = DeliveryIds::new(&SigningSecret::new("secret".into()));
        let (claim, other) = (ClaimId::parse("claim").unwrap(), ClaimId::parse("other").unwrap());
        let id = ids.make(&claim, 1_000).unwrap();
        assert!(ids.is_ours(&claim, &id, 1_000) && ids.is_ours(&claim, &id, 1_899));
        assert!(!ids.is_ours(&claim, &id, 1_900), "too long ago");
        assert!(!ids.is_ours(&other, &id, 1_000));
        let elsewhere = DeliveryIds::new(&SigningSecret::new("another".into()));
        assert!(!elsewhere.is_ours(&claim, &id, 1_000));
        for made_up in ["a", &"A".repeat(48), &id.as_str()[1..]] {
            assert!(!ids.is_ours(&claim, &DeliveryId::parse(made_up).unwrap(), 1_000), "{made_up}");
        }
        assert_ne!(ids.make(&claim, 1_000), Some(id), "each is its own");
    }
}
