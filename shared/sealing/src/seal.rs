//! Sealing to a public key, and opening with its private half.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};

use crate::{Delivery, PrivateKey, PublicKey};

/// What is sealed, as the table and the claim's answer have it: both base64url without padding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The encapsulated key: an uncompressed point.
    pub enc: String,
    /// The text, encrypted and authenticated.
    pub ciphertext: String,
}

/// The library refused to seal.
#[derive(Debug, thiserror::Error)]
#[error("the credential could not be sealed: {0}")]
pub struct NotSealed(hpke::HpkeError);

/// What was handed out cannot be opened with this key, for this delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what was handed out is not sealed to this machine's key, or was changed on the way")]
pub struct NotOpened;

/// Seals to the one who has the private half of `key`.
pub fn seal(key: &PublicKey, delivery: Delivery<'_>, plaintext: &[u8]) -> Result<Sealed, NotSealed> {
    let recipient = key.for_kem().map_err(NotSealed)?;
    let (enc, ciphertext) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        info(delivery).as_bytes(),
        plaintext,
        &[],
    )
    .map_err(NotSealed)?;
    Ok(Sealed { enc: URL_SAFE_NO_PAD.encode(enc.to_bytes()), ciphertext: URL_SAFE_NO_PAD.encode(ciphertext) })
}

/// Opens what was sealed to this key for this delivery.
pub fn open(key: &PrivateKey, delivery: Delivery<'_>, sealed: &Sealed) -> Result<Vec<u8>, NotOpened> {
    let enc = URL_SAFE_NO_PAD.decode(&sealed.enc).map_err(|_| NotOpened)?;
    let enc = <DhP256HkdfSha256 as Kem>::EncappedKey::from_bytes(&enc).map_err(|_| NotOpened)?;
    let ciphertext = URL_SAFE_NO_PAD.decode(&sealed.ciphertext).map_err(|_| NotOpened)?;
    hpke::single_shot_open::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
        &OpModeR::Base,
        key.for_kem(),
        &enc,
        info(delivery).as_bytes(),
        &ciphertext,
        &[],
    )
    .map_err(|_| NotOpened)
}

/// Binds what is sealed to its delivery: sealed for one, it opens for no other.
fn info(delivery: Delivery<'_>) -> String {
    format!("keylease/claim/v1:{}:{}", delivery.claim_id, delivery.delivery_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DELIVERY: Delivery<'_> = Delivery { claim_id: "claim", delivery_id: "delivery" };

    #[test]
    fn only_the_private_half_opens_it_and_only_for_its_delivery() {
        let machine = PrivateKey::generate();
        let sealed = seal(&machine.public(), DELIVERY, b"credential").unwrap();
        assert_eq!(open(&machine, DELIVERY, &sealed).unwrap(), b"credential");
        assert_eq!(open(&PrivateKey::generate(), DELIVERY, &sealed), Err(NotOpened));
        assert_eq!(open(&machine, Delivery { claim_id: "other", ..DELIVERY }, &sealed), Err(NotOpened));
        assert_eq!(open(&machine, Delivery { delivery_id: "other", ..DELIVERY }, &sealed), Err(NotOpened));
        let changed = Sealed { ciphertext: sealed.ciphertext.replacen(|_| true, "_", 1), ..sealed.clone() };
        let other = Sealed { ciphertext: format!("{}A", sealed.ciphertext), ..sealed };
        assert!(open(&machine, DELIVERY, &changed).is_err() || changed.ciphertext == other.ciphertext);
        assert_eq!(open(&machine, DELIVERY, &other), Err(NotOpened));
    }
}
