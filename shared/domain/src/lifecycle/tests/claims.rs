//! What happens to a claim, as events.

use super::*;

pub(super) fn machine() -> ConfirmedMachine {
    serde_json::from_value(serde_json::json!({
        "delivery_id": "d", "public_key": "BA", "key_fingerprint": "0a", "label": "dana's laptop",
        "source_identity": "dana@example.com", "by": "U0DANA", "at": START }))
    .unwrap()
}

pub(super) fn claim_refused() -> Event {
    let (label, key_fingerprint) = ("somebody's laptop".to_owned(), "0b".to_owned());
    Event::ClaimRefused { by: person("U0DANA"), at: START, label, key_fingerprint }
}
