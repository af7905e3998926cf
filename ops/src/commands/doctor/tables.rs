//! The tables, and the index of requests.

use aws::inspect::table;

use super::finding::Finding;
use super::ground::Ground;
use super::index;

pub(super) async fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let settings = &ground.settings;
    let mut found = Vec::new();
    for (what, table, key) in [
        ("table projects", &settings.projects_table, "project (S)"),
        ("table requests", &settings.requests_table, "request_id (S)"),
    ] {
        if let Some(table) = table {
            found.push(look(ground, what, table, key).await);
        }
    }
    if let Some(table) = &ground.settings.requests_table {
        found.push(index::check(ground, table).await);
    }
    found
}

async fn look(ground: &Ground<'_>, check: &str, name: &str, key: &str) -> Finding {
    let table = match table::table(ground.aws, name).await {
        Ok(Some(table)) => table,
        Ok(None) => {
            let mend =
                format!("make it with the key {key}, or mend the variable; is AWS_REGION the table's?");
            return Finding::fail(check, format!("there is no table {name}"), mend);
        }
        Err(error) => return Finding::unknown(check, &error),
    };
    if table.key != key {
        let detail = format!("{name} has the key {}, and needs {key}", table.key);
        return Finding::fail(check, detail, "make it anew: a table's key cannot be changed");
    }
    if !table.active {
        return Finding::fail(check, format!("{name} is not active"), "wait until it is, and look again");
    }
    let missing = match table::is_recoverable(ground.aws, name).await {
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
