//! A machine that claimed a credential asks for the next one, by a request signed with its key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

use crate::{Delivery, PrivateKey, PublicKey};

/// The signature is missing, malformed, or another key's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the request is not signed by the key that claimed the credential")]
pub struct NotSigned;

/// Signs a request for the next credential, made at this moment (Unix seconds): ECDSA with SHA-256, as base64url of r and s.
pub fn sign_renewal(
    key: &PrivateKey,
    delivery: Delivery<'_>,
    requested_at: i64,
) -> Result<String, NotSigned> {
    let key = SigningKey::from_slice(&key.scalar()).map_err(|_| NotSigned)?;
    let signature: Signature = key.sign(text(delivery, requested_at).as_bytes());
    Ok(URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// Checks a signature of [`sign_renewal`].
pub fn verify_renewal(
    key: &PublicKey,
    delivery: Delivery<'_>,
    requested_at: i64,
    signature: &str,
) -> Result<(), NotSigned> {
    let key = VerifyingKey::from_sec1_bytes(key.bytes()).map_err(|_| NotSigned)?;
    let signature = URL_SAFE_NO_PAD.decode(signature.trim_end_matches('=')).map_err(|_| NotSigned)?;
    let signature = Signature::from_slice(&signature).map_err(|_| NotSigned)?;
    key.verify(text(delivery, requested_at).as_bytes(), &signature).map_err(|_| NotSigned)
}

/// What is signed. Its beginning is like nothing else for which the key is used.
fn text(delivery: Delivery<'_>, requested_at: i64) -> String {
    format!("keylease/renew/v1:{}:{}:{requested_at}", delivery.claim_id, delivery.delivery_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_for_the_same_delivery_and_moment_is_signed() {
        let machine = PrivateKey::generate();
        let delivery = Delivery { claim_id: "claim", delivery_id: "delivery" };
        let signature = sign_renewal(&machine, delivery, 7).unwrap();
        assert_eq!(verify_renewal(&machine.public(), delivery, 7, &signature), Ok(()));
        assert_eq!(verify_renewal(&machine.public(), delivery, 8, &signature), Err(NotSigned));
        let other = Delivery { delivery_id: "other", ..delivery };
        assert_eq!(verify_renewal(&machine.public(), other, 7, &signature), Err(NotSigned));
        assert_eq!(verify_renewal(&PrivateKey::generate().public(), delivery, 7, &signature), Err(NotSigned));
        assert_eq!(verify_renewal(&machine.public(), delivery, 7, "AAAA"), Err(NotSigned));
    }
}
