//! The JSON Schema of the file: the published page itself, which the checks follow.

use std::sync::LazyLock;

use serde_json::Value;

/// The whole, as it is published.
pub const PUBLISHED: &str = include_str!("../../../docs/catalogue.schema.json");

static SCHEMA: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(PUBLISHED).unwrap_or_default());

/// The schema of one type.
pub(super) fn of_def(name: &str) -> Option<&'static Value> {
    SCHEMA.get("$defs")?.get(name)
}

/// The type that a schema refers to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// A text or a list of them that stands under a word of a schema.
pub(super) fn texts<'a>(schema: &'a Value, word: &str) -> impl Iterator<Item = &'a str> {
    let said = schema.get(word);
    let list = said.and_then(Value::as_array).map(Vec::as_slice);
    list.unwrap_or_else(|| said.map(std::slice::from_ref).unwrap_or_default())
        .iter()
        .filter_map(Value::as_str)
}

/// A number that stands under a word of a schema.
pub(super) fn number(schema: &Value, word: &str) -> Option<usize> {
    schema.get(word)?.as_u64().and_then(|number| usize::try_from(number).ok())
}
