//! RFC 9180's own vectors of the suite that credentials are sealed with: its file has P-256 with AES-256-GCM, though the RFC's
//! appendix does not print it.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::DhP256HkdfSha256;
use hpke::{Deserializable as _, Kem, OpModeR, setup_receiver};
use keylease_sealing::{PrivateKey, PublicKey};
use serde_json::Value;

fn bytes(of: &Value, name: &str) -> Vec<u8> {
    let text = of.get(name).and_then(Value::as_str).unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(text.get(at..at + 2).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn what_the_standard_sealed_opens_and_its_keys_are_read() {
    let vector: Value = serde_json::from_str(include_str!("rfc9180.json")).unwrap();
    let suite = ["mode", "kem_id", "kdf_id", "aead_id"].map(|name| vector.get(name).and_then(Value::as_u64));
    assert_eq!(suite, [Some(0), Some(0x10), Some(1), Some(2)]);
    let (private, public) = (bytes(&vector, "skRm"), bytes(&vector, "pkRm"));
    let ours = PrivateKey::parse(&URL_SAFE_NO_PAD.encode(&private)).unwrap();
    assert_eq!(ours.public(), PublicKey::parse(&URL_SAFE_NO_PAD.encode(&public)).unwrap());

    let private = <DhP256HkdfSha256 as Kem>::PrivateKey::from_bytes(&private).unwrap();
    let enc = <DhP256HkdfSha256 as Kem>::EncappedKey::from_bytes(&bytes(&vector, "enc")).unwrap();
    let mut context = setup_receiver::<AesGcm256, HkdfSha256, DhP256HkdfSha256>(
        &OpModeR::Base,
        &private,
        &enc,
        &bytes(&vector, "info"),
    )
    .unwrap();
    let sealed = vector.get("encryptions").and_then(Value::as_array).unwrap();
    assert_eq!(sealed.len(), 3);
    for one in sealed {
        let opened = context.open(&bytes(one, "ct"), &bytes(one, "aad")).unwrap();
        assert_eq!(opened, bytes(one, "pt"));
    }
}
