//! Scans of a table and reads of several items at once, answered from the items as they stand.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use winterbaume_core::MockResponse;
use winterbaume_dynamodb::DynamoDbService;

use super::SCAN_PAGE_ITEMS;
use super::items::{Items, Object};

/// What a `Scan` may ask for to be answered here.
const SCANNED_BY: [&str; 6] = [
    "TableName",
    "Limit",
    "ExclusiveStartKey",
    "ConsistentRead",
    "ProjectionExpression",
    "ExpressionAttributeNames",
];
/// What a `BatchGetItem` may ask for of each table.
const BATCHED_BY: [&str; 2] = ["Keys", "ConsistentRead"];

/// A page of a scan.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Page<'a> {
    count: usize,
    scanned_count: usize,
    items: Vec<BTreeMap<&'a String, &'a Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_evaluated_key: Option<Object>,
}

impl Items {
    /// A page of a scan; nothing where the emulator is to be asked.
    pub(super) async fn scan(&mut self, service: &DynamoDbService, sent: &Object) -> Option<MockResponse> {
        if !sent.keys().all(|name| SCANNED_BY.contains(&name.as_str())) {
            return None;
        }
        let wanted = projection(sent)?;
        let table = self.table(service, sent.get("TableName")?.as_str()?).await?;
        let after = match sent.get("ExclusiveStartKey") {
            Some(start) => Some(table.key_of(start.as_object()?)?),
            None => None,
        };
        let limit = sent.get("Limit").map_or(Some(u64::from(SCAN_PAGE_ITEMS)), Value::as_u64)?;
        let mut rest = table.items.iter().filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after));
        let page: Vec<_> = rest.by_ref().take(usize::try_from(limit).ok()?).collect();
        let last_evaluated_key = match (page.last(), rest.next()) {
            (Some((key, _)), Some(_)) => Some(table.key(key)),
            _ => None,
        };
        let is_wanted = |name: &String| wanted.as_ref().is_none_or(|wanted| wanted.contains(&name.as_str()));
        let items: Vec<BTreeMap<_, _>> = page
            .into_iter()
            .map(|(_, item)| item.iter().filter(|(name, _)| is_wanted(name)).collect())
            .collect();
        let page = Page { count: items.len(), scanned_count: items.len(), items, last_evaluated_key };
        Some(MockResponse::json(200, serde_json::to_string(&page).ok()?))
    }

    /// The answer to a `BatchGetItem`; nothing where the emulator is to be asked.
    pub(super) async fn batch(&mut self, service: &DynamoDbService, sent: &Object) -> Option<MockResponse> {
        let wanted = sent.get("RequestItems").filter(|_| sent.len() == 1)?.as_object()?;
        let mut found: BTreeMap<&String, Vec<Arc<Object>>> = BTreeMap::new();
        for (name, wanted) in wanted {
            let wanted = wanted.as_object()?;
            if !wanted.keys().all(|asked| BATCHED_BY.contains(&asked.as_str())) {
                return None;
            }
            let table = self.table(service, name).await?;
            let items = found.entry(name).or_default();
            for key in wanted.get("Keys")?.as_array()? {
                items.extend(table.items.get(&table.key_of(key.as_object()?)?).cloned());
            }
        }
        let found: BTreeMap<_, Vec<&Object>> =
            found.iter().map(|(name, items)| (name, items.iter().map(Arc::as_ref).collect())).collect();
        let body = json!({ "Responses": found, "UnprocessedKeys": {} });
        Some(MockResponse::json(200, body.to_string()))
    }
}

/// The attributes that a scan asks for, all of them where it does not say; nothing where it asks for parts of one.
#[expect(clippy::option_option, reason = "nothing, all and some attributes are three answers")]
fn projection(sent: &Object) -> Option<Option<Vec<&str>>> {
    let Some(expression) = sent.get("ProjectionExpression") else { return Some(None) };
    let names = sent.get("ExpressionAttributeNames");
    let mut wanted = Vec::new();
    for part in expression.as_str()?.split(',').map(str::trim) {
        if part.contains(['.', '[']) {
            return None;
        }
        wanted.push(if part.starts_with('#') { names?.get(part)?.as_str()? } else { part });
    }
    Some(Some(wanted))
}
