//! The index that sweeps read. It makes them cheap, and nothing depends on it: without it they read the whole table.

use aws::dynamodb::OPEN_ATTRIBUTE;
use aws::inspect::table;

use super::context::DoctorContext;
use super::finding::Finding;

pub(super) async fn check(ctx: &DoctorContext<'_>, table: &str) -> Finding {
    let check = "index open";
    let key = format!("{OPEN_ATTRIBUTE} (S)");
    let indexes = match table::table(ctx.aws, table).await {
        Ok(Some(table)) => table.indexes,
        Ok(None) => return Finding::warn(check, format!("there is no table {table}"), "make it first"),
        Err(error) => return Finding::unknown(check, &error),
    };
    let Some(name) = ctx.settings.open_index.as_deref() else {
        return match indexes.iter().find(|index| index.key == key) {
            None => Finding::ok(check, "none: each sweep reads the whole table"),
            Some(unused) => Finding::warn(
                check,
                format!("{table} has {}, and DYNAMODB_INDEX_OPEN is not set", unused.name),
                "set it for revoke and in this shell: without it each sweep reads the whole table",
            ),
        };
    };
    let Some(index) = indexes.iter().find(|index| index.name == name) else {
        let fix = format!(
            "make it, with the key {key} and keys alone, or fix DYNAMODB_INDEX_OPEN; until then each sweep reads the whole table"
        );
        return Finding::fail(check, format!("{table} has no index {name}"), fix);
    };
    if index.key != key {
        let detail = format!("{name} has the key {}, and needs {key}", index.key);
        return Finding::fail(check, detail, "make another: an index's key cannot be changed");
    }
    if !index.active {
        return Finding::fail(check, format!("{name} is not active"), "wait until it is, and look again");
    }
    Finding::ok(check, format!("{name} of {table}"))
}
