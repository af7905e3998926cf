//! Random numbers that nobody guesses, for the ids in links.

use sha2::{Digest as _, Sha256};

use crate::PrivateKey;

/// Random bytes of an id: 128 bits, which nobody guesses.
pub const ID_BYTES: usize = 16;

/// Random bytes from the operating system, by way of a private key that is used for nothing else: 256 bits of them, hashed.
#[must_use]
pub fn random_bytes() -> [u8; ID_BYTES] {
    let digest = Sha256::new()
        .chain_update(b"keylease/id/v1:")
        .chain_update(PrivateKey::generate().scalar())
        .finalize();
    let mut bytes = [0; ID_BYTES];
    for (byte, random) in bytes.iter_mut().zip(digest) {
        *byte = random;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike() {
        let many: std::collections::BTreeSet<_> = (0..100).map(|_| random_bytes()).collect();
        assert_eq!(many.len(), 100);
    }
}
