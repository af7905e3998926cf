//! Seals a credential to the one machine that claims it: HPKE (RFC 9180) in base mode, with DHKEM(P-256, HKDF-SHA256),
//! HKDF-SHA256 and AES-256-GCM.
//!
//! The worker seals, and the machine that made the key pair opens; nothing between the two can read what is sealed.

mod code;
mod id;
mod keys;
mod renewal;
mod seal;

pub use code::{code, fingerprint};
pub use id::{ID_BYTES, random_bytes};
pub use keys::{NotAKey, PrivateKey, PublicKey};
pub use renewal::{NotSigned, sign_renewal, verify_renewal};
pub use seal::{NotOpened, NotSealed, Sealed, open, seal};

/// Names one delivery: the claim, and the delivery of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// The claim's id, as it stands in the link.
    pub claim_id: &'a str,
    /// The delivery's id, which the ingress gave to one public key.
    pub delivery_id: &'a str,
}
