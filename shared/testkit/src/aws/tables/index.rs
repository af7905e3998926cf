//! Queries by an index that has keys alone, answered from the table: the emulator gives whole items, and begins each page
//! anew. An index can be made to be behind, as AWS's are.

use std::sync::Arc;

use serde_json::{Value, json};
use winterbaume_core::MockResponse;
use winterbaume_dynamodb::DynamoDbService;

use super::items::{Object, hash_key};
use super::state::State;

/// Keys of one page, where the query has no limit of its own.
const PAGE_KEYS: u64 = 100;

/// The answer to a query by an index.
pub(super) async fn answer(service: &DynamoDbService, state: &mut State, sent: &Object) -> MockResponse {
    match page(service, state, sent).await {
        Ok(page) => MockResponse::json(200, page.to_string()),
        Err(why) => {
            let kind = "com.amazonaws.dynamodb.v20120810#ValidationException";
            MockResponse::json(400, json!({ "__type": kind, "message": why }).to_string())
        }
    }
}

async fn page(service: &DynamoDbService, state: &mut State, sent: &Object) -> Result<Value, String> {
    let text = |name: &str| sent.get(name).and_then(Value::as_str).unwrap_or_default();
    let (table, index) = (text("TableName"), text("IndexName"));
    let held = state.items.table(service, table).await;
    let held = held.ok_or_else(|| format!("there is no table {table}, or it has more keys than one"))?;
    let described = &held.described;
    let indexes = described.get("GlobalSecondaryIndexes").and_then(Value::as_array);
    let found =
        indexes.into_iter().flatten().find(|found| found.get("IndexName").is_some_and(|name| name == index));
    let found = found.ok_or_else(|| format!("The table does not have the specified index: {index}"))?;
    let (Some(table_key), Some(index_key)) = (hash_key(described), hash_key(found)) else {
        return Err(format!("{index} has more keys than one; this emulator has no such index"));
    };
    if found.pointer("/Projection/ProjectionType").is_none_or(|kind| kind != "KEYS_ONLY") {
        return Err(format!("{index} has more than keys; this emulator has no such index"));
    }
    let value = condition(sent, &index_key).ok_or_else(|| {
        format!("this emulator reads an index by one condition, #name = :value, on {index_key}")
    })?;

    let mut items = held.items.clone();
    // Whoever asks next finds the index up to date.
    if let Some(newest) = state.newest.take_if(|newest| newest.table == table) {
        match newest.before {
            Some(before) => items.insert(newest.key, before),
            None => items.remove(&newest.key),
        };
    }
    let key_of = |item: &Object| held.key_of(item);
    let after = sent.get("ExclusiveStartKey").and_then(Value::as_object).and_then(key_of);
    let limit = sent.get("Limit").and_then(Value::as_u64).unwrap_or(PAGE_KEYS);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let bearing = items.into_iter().filter(|(_, item)| item.get(&index_key) == Some(value));
    let mut rest = bearing
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after))
        .map(|(_, item): (String, Arc<Object>)| keys(&item, &[&table_key, &index_key]));
    let page: Vec<Object> = rest.by_ref().take(limit).collect();
    let mut answer = json!({ "Items": page, "Count": page.len(), "ScannedCount": page.len() });
    if rest.next().is_some()
        && let (Some(last), Some(answer)) = (page.last(), answer.as_object_mut())
    {
        answer.insert("LastEvaluatedKey".to_owned(), Value::Object(last.clone()));
    }
    Ok(answer)
}

/// The value that a condition of the form `#name = :value` asks of an attribute.
fn condition<'a>(sent: &'a Object, attribute: &str) -> Option<&'a Value> {
    let (name, value) = sent.get("KeyConditionExpression")?.as_str()?.split_once(" = ")?;
    let is_it = sent.get("ExpressionAttributeNames")?.get(name)? == attribute;
    let value = sent.get("ExpressionAttributeValues")?.get(value)?;
    is_it.then_some(value)
}

fn keys(item: &Object, names: &[&String]) -> Object {
    names.iter().filter_map(|name| Some(((*name).clone(), item.get(*name)?.clone()))).collect()
}
