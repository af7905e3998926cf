//! DynamoDB's type tags, taken off and put on.

use serde_json::{Map, Value, json};

/// An item without its type tags.
pub fn plain_item(item: &Map<String, Value>) -> Map<String, Value> {
    item.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}

/// An attribute value without its type tag.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|value| value.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), inner) {
        ("N", Value::String(number)) => serde_json::from_str(number).unwrap_or_else(|_| inner.clone()),
        ("M", Value::Object(map)) => Value::Object(plain_item(map)),
        ("L", Value::Array(list)) => list.iter().map(plain).collect(),
        ("NULL", _) => Value::Null,
        _ => inner.clone(),
    }
}

/// A record as DynamoDB tags it.
pub(super) fn tagged_item(record: &Map<String, Value>) -> Map<String, Value> {
    record.iter().map(|(name, value)| (name.clone(), tagged(value))).collect()
}

fn tagged(value: &Value) -> Value {
    match value {
        Value::Null => json!({ "NULL": true }),
        Value::Bool(value) => json!({ "BOOL": value }),
        Value::Number(value) => json!({ "N": value.to_string() }),
        Value::String(value) => json!({ "S": value }),
        Value::Array(values) => json!({ "L": values.iter().map(tagged).collect::<Vec<_>>() }),
        Value::Object(values) => json!({ "M": tagged_item(values) }),
    }
}
