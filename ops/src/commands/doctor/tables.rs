//! The tables, and the index of requests.

use aws::inspect::table;

use super::context::DoctorContext;
use super::finding::Finding;
use super::index;

pub(super) async fn check(ctx: &DoctorContext<'_>) -> Vec<Finding> {
    let settings = &ctx.settings;
    let mut found = Vec::new();
    for (what, table, key) in [
        ("table projects", &settings.projects_table, "project (S)"),
        ("table requests", &settings.requests_table, "request_id (S)"),
    ] {
        if let Some(table) = table {
            found.push(look(ctx, what, table, key).await);
        }
    }
    if let Some(table) = &ctx.settings.requests_table {
        found.push(index::check(ctx, table).await);
    }
    found
}

async fn look(ctx: &DoctorContext<'_>, check: &str, name: &str, key: &str) -> Finding {
    let table = match table::table(ctx.aws, name).await {
        Ok(Some(table)) => table,
        Ok(None) => {
            let fix = format!("make it with the key {key}, or fix the variable; is AWS_REGION the table's?");
            return Finding::fail(check, format!("there is no table {name}"), fix);
        }
        Err(error) => return Finding::unknown(check, &error),
    };
    if table.key != key {
        let detail = format!("{name} has the key {}, and needs {key}", table.key);
        return Finding::fail(check, detail, "create it again: a table's key cannot be changed");
    }
    if !table.active {
        return Finding::fail(check, format!("{name} is not active"), "wait until it is, and look again");
    }
    let missing = match table::is_recoverable(ctx.aws, name).await {
        Err(error) => return Finding::unknown(check, &error),
        Ok(false) => "point-in-time recovery",
        Ok(true) if !table.deletion_protected => "deletion protection",
        Ok(true) => return Finding::ok(check, format!("{name}, recoverable, protected against deletion")),
    };
    Finding::warn(
        check,
        format!("{name} is without {missing}"),
        "switch it on: this table is the only memory",
    )
}
