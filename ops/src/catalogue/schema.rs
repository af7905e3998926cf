//! The JSON Schema of the file, made from its types.

use std::sync::LazyLock;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::file::File;

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<File>());

/// The whole, as it is published.
pub(crate) fn published() -> &'static Schema {
    &SCHEMA
}

/// The schema of one type.
pub(super) fn of_def(name: &str) -> Option<&'static Value> {
    SCHEMA.get("$defs")?.get(name)
}

/// The type that a schema refers to.
pub(super) fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}
