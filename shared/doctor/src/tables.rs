//! The tables, and the index that sweeps read: it makes them cheap, and without it they read the whole table.

use aws::claims::EXPIRY_ATTRIBUTE;
use aws::dynamodb::OPEN_ATTRIBUTE;
use aws::inspect::table::{self, TableSeen};
use service::CallError;

use crate::context::Context;
use crate::finding::Finding;

const INDEX: &str = "index open";
const CLAIMS: &str = "table claims";

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let settings = &ctx.settings;
    let mut found = Vec::new();
    for (check, table, key) in [
        ("table projects", &settings.projects_table, "project (S)"),
        ("table requests", &settings.requests_table, "request_id (S)"),
    ] {
        if let Some(table) = table {
            found.push(Finding::of(check, look(ctx, check, table, key).await));
        }
    }
    if let Some(table) = &settings.requests_table {
        found.push(Finding::of(INDEX, index(ctx, table).await));
    }
    if let Some(claims) = &settings.claims {
        found.push(Finding::of(CLAIMS, look_at_claims(ctx, &claims.table).await));
    }
    if let Some(table) = &settings.claims_without_url {
        let detail = format!("{table} is named, and PUBLIC_URL is not set: nothing can be claimed");
        found.push(Finding::warn(CLAIMS, detail, "set it for the workers and in this shell"));
    }
    found
}

async fn look(ctx: &Context<'_>, check: &str, name: &str, key: &str) -> Result<Finding, CallError> {
    let table = match usable(ctx, check, name, key).await? {
        Ok(table) => table,
        Err(finding) => return Ok(finding),
    };
    let missing = if !table::is_recoverable(ctx.aws, name).await? {
        "point-in-time recovery"
    } else if !table.deletion_protected {
        "deletion protection"
    } else {
        return Ok(Finding::ok(check, format!("{name}, recoverable, protected against deletion")));
    };
    let fix = "switch it on: this table is the only memory";
    Ok(Finding::warn(check, format!("{name} is without {missing}"), fix))
}

/// What has expired is to be gone from this table: it is no memory, so it needs no protection.
async fn look_at_claims(ctx: &Context<'_>, name: &str) -> Result<Finding, CallError> {
    if let Err(finding) = usable(ctx, CLAIMS, name, "claim_id (S)").await? {
        return Ok(finding);
    }
    let fix = format!(
        "switch on its time to live, by the attribute {EXPIRY_ATTRIBUTE}: docs/deploy.md has the command"
    );
    Ok(match table::expiry_attribute(ctx.aws, name).await? {
        None => Finding::warn(CLAIMS, format!("{name} keeps claims that have expired: its TTL is off"), fix),
        Some(other) if other != EXPIRY_ATTRIBUTE => {
            let detail = format!("{name} keeps claims that have expired: its TTL goes by {other}");
            Finding::warn(CLAIMS, detail, format!("switch that off, and {fix}"))
        }
        Some(_) if table::is_recoverable(ctx.aws, name).await? => {
            let detail =
                format!("{name} has point-in-time recovery: what expired can be restored for 35 days");
            Finding::warn(CLAIMS, detail, "switch it off: nothing in this table is needed later")
        }
        Some(_) => Finding::ok(CLAIMS, format!("{name}, whose items expire")),
    })
}

/// The table, or what keeps programs from using it.
async fn usable(
    ctx: &Context<'_>,
    check: &str,
    name: &str,
    key: &str,
) -> Result<Result<TableSeen, Finding>, CallError> {
    let Some(table) = table::table(ctx.aws, name).await? else {
        let fix = format!("make it with the key {key}, or fix the variable; is AWS_REGION the table's?");
        return Ok(Err(Finding::fail(check, format!("there is no table {name}"), fix)));
    };
    if table.key != key {
        let detail = format!("{name} has the key {}, and needs {key}", table.key);
        return Ok(Err(Finding::fail(check, detail, "create it again: a table's key cannot be changed")));
    }
    if !table.active {
        let fix = "wait until it is, and look again";
        return Ok(Err(Finding::fail(check, format!("{name} is not active"), fix)));
    }
    Ok(Ok(table))
}

async fn index(ctx: &Context<'_>, table: &str) -> Result<Finding, CallError> {
    let key = format!("{OPEN_ATTRIBUTE} (S)");
    let Some(indexes) = table::table(ctx.aws, table).await?.map(|table| table.indexes) else {
        return Ok(Finding::warn(INDEX, format!("there is no table {table}"), "make it first"));
    };
    let Some(name) = ctx.settings.open_index.as_deref() else {
        return Ok(match indexes.iter().find(|index| index.key == key) {
            None => Finding::ok(INDEX, "none: each sweep reads the whole table"),
            Some(unused) => {
                let detail = format!("{table} has {}, and DYNAMODB_INDEX_OPEN is not set", unused.name);
                let fix = "set it for revoke and in this shell: without it each sweep reads the whole table";
                Finding::warn(INDEX, detail, fix)
            }
        });
    };
    Ok(match indexes.iter().find(|index| index.name == name) {
        None => {
            let fix = format!(
                "make it, with the key {key} and keys alone, or fix DYNAMODB_INDEX_OPEN; until then each sweep reads the whole table"
            );
            Finding::fail(INDEX, format!("{table} has no index {name}"), fix)
        }
        Some(index) if index.key != key => {
            let detail = format!("{name} has the key {}, and needs {key}", index.key);
            Finding::fail(INDEX, detail, "make another: an index's key cannot be changed")
        }
        Some(index) if !index.active => {
            Finding::fail(INDEX, format!("{name} is not active"), "wait until it is, and look again")
        }
        Some(_) => Finding::ok(INDEX, format!("{name} of {table}")),
    })
}
