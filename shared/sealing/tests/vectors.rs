//! What other implementations sealed and signed opens here, and the code is theirs: `vectors.json` was made by `pyhpke` with
//! `cryptography`, and by `@hpke/core`, which the claim page has.
#![allow(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

use keylease_sealing::{Delivery, NotOpened, PrivateKey, PublicKey, Sealed, code, open, verify_renewal};
use serde_json::Value;

#[test]
fn what_other_implementations_made_is_understood() {
    let vectors: Vec<Value> = serde_json::from_str(include_str!("vectors.json")).unwrap();
    assert!(vectors.len() >= 6);
    for vector in vectors {
        let text = |name: &str| vector.get(name).and_then(Value::as_str).unwrap();
        let key = PrivateKey::parse(text("private_key")).unwrap();
        let public = PublicKey::parse(text("public_key")).unwrap();
        assert_eq!(key.public(), public);
        let delivery = Delivery { claim_id: text("claim_id"), delivery_id: text("delivery_id") };
        let sealed = Sealed { enc: text("enc").to_owned(), ciphertext: text("ciphertext").to_owned() };
        let made_by = text("made_by");
        assert_eq!(open(&key, delivery, &sealed).unwrap(), text("plaintext").as_bytes(), "{made_by}");
        let other = Delivery { delivery_id: "other", ..delivery };
        assert_eq!(open(&key, other, &sealed), Err(NotOpened), "{made_by}");
        assert_eq!(code(&public, delivery), text("code"), "{made_by}");
        let at = vector.get("requested_at").and_then(Value::as_i64).unwrap();
        assert_eq!(verify_renewal(&public, delivery, at, text("signature")), Ok(()), "{made_by}");
        assert!(verify_renewal(&public, delivery, at + 1, text("signature")).is_err(), "{made_by}");
    }
}
