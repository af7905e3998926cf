//! What a person compares: the code that the machine shows and that Slack asks about.

use sha2::{Digest as _, Sha256};

use crate::{Delivery, PublicKey};

/// Letters that nobody mistakes for another or for a digit: no I and no O.
const LETTERS: &[u8; 24] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Letters on each side of the hyphen. Six have about 27 bits. Whoever swaps the key on its way cannot search for one with
/// the same code, since the delivery's id, which the ingress makes afterwards, is in it too; whoever has the ingress itself can
/// (`docs/security.md`).
const LETTERS_A_SIDE: usize = 3;
/// Bytes of a fingerprint: enough to tell keys apart in the audit.
const FINGERPRINT_BYTES: usize = 8;

/// The code of one delivery, such as `ABC-DEF`: another key, claim or delivery has another.
#[must_use]
pub fn code(key: &PublicKey, delivery: Delivery<'_>) -> String {
    let digest = Sha256::new()
        .chain_update(b"keylease/code/v1:")
        .chain_update(delivery.claim_id)
        .chain_update(b":")
        .chain_update(delivery.delivery_id)
        .chain_update(b":")
        .chain_update(key.bytes())
        .finalize();
    let (head, _) = digest.split_at(8);
    let mut number = head.iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let mut code = String::new();
    for place in 0..2 * LETTERS_A_SIDE {
        if place == LETTERS_A_SIDE {
            code.push('-');
        }
        let letter = (number % LETTERS.len() as u64) as usize;
        code.extend(LETTERS.get(letter).map(|letter| char::from(*letter)));
        number /= LETTERS.len() as u64;
    }
    code
}

/// Names a public key in the audit: the beginning of its SHA-256, in hexadecimal digits.
#[must_use]
pub fn fingerprint(key: &PublicKey) -> String {
    Sha256::digest(key.bytes()).iter().take(FINGERPRINT_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PrivateKey;

    #[test]
    fn a_code_changes_with_the_key_and_with_either_id() {
        let key = PrivateKey::generate().public();
        let delivery = Delivery { claim_id: "c", delivery_id: "d" };
        let shown = code(&key, delivery);
        assert_eq!(shown.len(), 7);
        assert!(shown.chars().enumerate().all(|(at, c)| if at == 3 {
            c == '-'
        } else {
            LETTERS.contains(&(c as u8))
        }));
        assert_eq!(code(&key, delivery), shown);
        assert_ne!(code(&PrivateKey::generate().public(), delivery), shown);
        assert_ne!(code(&key, Delivery { claim_id: "x", ..delivery }), shown);
        assert_ne!(code(&key, Delivery { delivery_id: "x", ..delivery }), shown);
    }
}
