//! The key pair of the machine that claims.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable, Kem, Serializable};

/// Length of an uncompressed point of P-256, in bytes.
const POINT_BYTES: usize = 65;
/// Length of a private key, in bytes.
const SCALAR_BYTES: usize = 32;

/// The public half: a point of P-256, as base64url of its uncompressed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey([u8; POINT_BYTES]);

/// The private half. It does not print, and leaves the type only to be kept in the machine's own file.
pub struct PrivateKey(<DhP256HkdfSha256 as Kem>::PrivateKey);

/// A text that is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// Not base64url.
    #[error("it is not base64url")]
    NotBase64,
    /// Not a point of P-256 in its uncompressed form, or not a scalar.
    #[error(
        "it is not a key of P-256: an uncompressed point has {POINT_BYTES} bytes, the first of which is 4"
    )]
    NotOfTheCurve,
}

impl PublicKey {
    /// Reads base64url, with padding or without.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| NotAKey::NotBase64)?;
        let point: [u8; POINT_BYTES] = bytes.try_into().map_err(|_| NotAKey::NotOfTheCurve)?;
        <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(&point).map_err(|_| NotAKey::NotOfTheCurve)?;
        Ok(Self(point))
    }

    /// As base64url without padding.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn for_kem(&self) -> Result<<DhP256HkdfSha256 as Kem>::PublicKey, hpke::HpkeError> {
        <DhP256HkdfSha256 as Kem>::PublicKey::from_bytes(&self.0)
    }
}

impl PrivateKey {
    /// A new one, from the operating system's random numbers.
    #[must_use]
    pub fn generate() -> Self {
        let (private, _public) = DhP256HkdfSha256::gen_keypair();
        Self(private)
    }

    /// Reads what [`Self::to_base64url`] wrote.
    pub fn parse(text: &str) -> Result<Self, NotAKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| NotAKey::NotBase64)?;
        <DhP256HkdfSha256 as Kem>::PrivateKey::from_bytes(&bytes)
            .map(Self)
            .map_err(|_| NotAKey::NotOfTheCurve)
    }

    /// As base64url, for the file in which the machine keeps it.
    #[must_use]
    pub fn to_base64url(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.scalar())
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let mut point = [0; POINT_BYTES];
        DhP256HkdfSha256::sk_to_pk(&self.0).write_exact(&mut point);
        PublicKey(point)
    }

    pub(crate) fn for_kem(&self) -> &<DhP256HkdfSha256 as Kem>::PrivateKey {
        &self.0
    }

    pub(crate) fn scalar(&self) -> [u8; SCALAR_BYTES] {
        let mut scalar = [0; SCALAR_BYTES];
        self.0.write_exact(&mut scalar);
        scalar
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_pair_is_read_back_and_does_not_print() {
        let private = PrivateKey::generate();
        let again = PrivateKey::parse(&private.to_base64url()).unwrap();
        assert_eq!(again.public(), private.public());
        assert_eq!(PublicKey::parse(&private.public().to_base64url()).unwrap(), private.public());
        assert!(!format!("{private:?}").contains(&private.to_base64url()));
    }

    #[test]
    fn what_is_no_point_of_the_curve_is_refused() {
        assert_eq!(PublicKey::parse("*"), Err(NotAKey::NotBase64));
        assert_eq!(PublicKey::parse(""), Err(NotAKey::NotOfTheCurve));
        let mut off_the_curve = [7; POINT_BYTES];
        off_the_curve[0] = 4;
        assert_eq!(PublicKey::parse(&URL_SAFE_NO_PAD.encode(off_the_curve)), Err(NotAKey::NotOfTheCurve));
        let compressed = &PrivateKey::generate().public().0[..33];
        assert_eq!(PublicKey::parse(&URL_SAFE_NO_PAD.encode(compressed)), Err(NotAKey::NotOfTheCurve));
    }
}
