//! The hash of one event: SHA-256 over its canonical JSON.
//!
//! Canonical: keys in order, no white space, whole numbers only, every field there (`null` where it has no value).
//! For such values this is RFC 8785, and what Python's
//! `json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)` writes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::history::Change;
use crate::ids::RequestId;

/// The hash of an event of this request, in lower-case hex: over everything in it but its own hash.
#[must_use]
pub fn digest(request_id: &RequestId, change: &Change) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(canonical(request_id, change)) {
        hex.extend([byte >> 4, byte & 15].into_iter().filter_map(|digit| char::from_digit(digit.into(), 16)));
    }
    hex
}

fn canonical(request_id: &RequestId, change: &Change) -> String {
    // Every field is named, so that a new one cannot be left out of the hash by mistake. Better still is to put what
    // is new into `inputs`: then the hashes of earlier events stay what they are.
    let Change { at, event, by, from, to, note, inputs, position, previous, hash: _ } = change;
    let mut text = String::new();
    write_sorted(
        &json!({
            "at": at,
            "by": by,
            "event": event,
            "from": from,
            "inputs": inputs,
            "note": note,
            "position": position,
            "previous": previous,
            "request_id": request_id,
            "to": to,
        }),
        &mut text,
    );
    text
}

/// Writes JSON with the keys of every object in order, whatever order the map keeps them in.
fn write_sorted(value: &Value, text: &mut String) {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            text.push('{');
            for (index, (key, value)) in sorted.into_iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                write_sorted(value, text);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write_sorted(item, text);
            }
            text.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_json_is_in_order_and_without_spaces() {
        let change: Change = serde_json::from_value(json!({
            "at": 7, "event": "fail", "to": "FAILED", "from": "APPROVED", "position": 3, "previous": "ab",
            "inputs": {"z": [1, {"b": null, "a": "\u{1}\u{7f}\"é\n"}], "a": -1},
        }))
        .unwrap();
        let id = RequestId::parse("r-0").unwrap();
        assert_eq!(
            canonical(&id, &change),
            concat!(
                r#"{"at":7,"by":null,"event":"fail","from":"APPROVED","#,
                "\"inputs\":{\"a\":-1,\"z\":[1,{\"a\":\"\\u0001\u{7f}\\\"é\\n\",\"b\":null}]},",
                r#""note":null,"position":3,"previous":"ab","request_id":"r-0","to":"FAILED"}"#
            )
        );
        // By Python's hashlib and json, as the module's documentation says.
        assert_eq!(digest(&id, &change), "9e936bf19773da97392a746355961a14f0593780b17265717f8db62b9a61852f");
    }
}
