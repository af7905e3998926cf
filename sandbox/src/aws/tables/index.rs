//! Queries by an index that has keys alone, answered from the table: the emulator gives whole items, and begins each page
//! anew. An index can be made to be behind, as AWS's are.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use winterbaume_core::{MockRequest, MockResponse};

use super::{Tables, target_is};

/// Keys of one page, where the query has no limit of its own.
const PAGE_KEYS: u64 = 100;

type Object = Map<String, Value>;

/// A write that the indexes have not taken in yet.
#[derive(Debug)]
pub(super) struct Newest {
    table: String,
    /// The item after it or, where it was removed, its key.
    now: Object,
    /// The item before it; nothing where there was none.
    before: Option<Object>,
}

/// A query by an index, as it was sent.
pub(super) fn sent(request: &MockRequest) -> Option<Value> {
    let sent: Value =
        target_is(request, "Query").then(|| serde_json::from_slice(&request.body).ok()).flatten()?;
    sent.get("IndexName").is_some().then_some(sent)
}

/// The answer to it.
pub(super) async fn answer(tables: &Tables, sent: &Value) -> MockResponse {
    match page(tables, sent).await {
        Ok(page) => MockResponse::json(200, page.to_string()),
        Err(why) => {
            let kind = "com.amazonaws.dynamodb.v20120810#ValidationException";
            MockResponse::json(400, json!({ "__type": kind, "message": why }).to_string())
        }
    }
}

impl Newest {
    /// A write that is asked besides what was there before it; nothing where it asks for something itself, or is no write
    /// of one item.
    pub(super) fn asked(request: &MockRequest) -> Option<(Self, MockRequest)> {
        if !["PutItem", "UpdateItem", "DeleteItem"].iter().any(|write| target_is(request, write)) {
            return None;
        }
        let mut sent: Object = serde_json::from_slice(&request.body).ok()?;
        let table = sent.get("TableName")?.as_str()?.to_owned();
        let now = sent.get("Item").or_else(|| sent.get("Key"))?.as_object()?.clone();
        if sent.insert("ReturnValues".to_owned(), "ALL_OLD".into()).is_some() {
            return None;
        }
        let body = Value::Object(sent).to_string().into();
        Some((Self { table, now, before: None }, MockRequest { body, ..request.clone() }))
    }

    /// With what was there before, and the answer as it would have been.
    pub(super) fn answered(self, answer: MockResponse) -> (Self, MockResponse) {
        let mut body: Object = serde_json::from_slice(&answer.body).unwrap_or_default();
        let before = body.remove("Attributes").and_then(|before| before.as_object().cloned());
        let body = Value::Object(body).to_string().into();
        (Self { before, ..self }, MockResponse { body, ..answer })
    }
}

async fn page(tables: &Tables, sent: &Value) -> Result<Value, String> {
    let text = |name: &str| sent.get(name).and_then(Value::as_str).unwrap_or_default();
    let (table, index) = (text("TableName"), text("IndexName"));
    let described = tables.call("DescribeTable", &json!({ "TableName": table })).await;
    let described = described.get("Table").ok_or_else(|| format!("there is no table {table}"))?;
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

    let all = tables.call("Scan", &json!({ "TableName": table })).await;
    let all = all.get("Items").and_then(Value::as_array).cloned().unwrap_or_default();
    let key_of = |item: &Object| item.get(&table_key).map(Value::to_string).unwrap_or_default();
    let mut items: BTreeMap<String, Object> =
        all.iter().filter_map(Value::as_object).map(|item| (key_of(item), item.clone())).collect();
    // Whoever asks next finds the index up to date.
    if let Some(newest) = tables.newest.lock().await.take_if(|newest| newest.table == table) {
        match newest.before {
            Some(before) => items.insert(key_of(&before), before),
            None => items.remove(&key_of(&newest.now)),
        };
    }
    let after = sent.get("ExclusiveStartKey").and_then(Value::as_object).map(key_of);
    let limit = sent.get("Limit").and_then(Value::as_u64).unwrap_or(PAGE_KEYS);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let bearing = items.into_iter().filter(|(_, item)| item.get(&index_key) == Some(value));
    let mut rest = bearing
        .filter(|(key, _)| after.as_ref().is_none_or(|after| key > after))
        .map(|(_, item)| keys(&item, &[&table_key, &index_key]));
    let page: Vec<Object> = rest.by_ref().take(limit).collect();
    let mut answer = json!({ "Items": page, "Count": page.len(), "ScannedCount": page.len() });
    if rest.next().is_some()
        && let (Some(last), Some(answer)) = (page.last(), answer.as_object_mut())
    {
        answer.insert("LastEvaluatedKey".to_owned(), Value::Object(last.clone()));
    }
    Ok(answer)
}

/// The one key of a table or an index; nothing where there are two.
fn hash_key(described: &Value) -> Option<String> {
    match described.get("KeySchema")?.as_array()?.as_slice() {
        [key] => Some(key.get("AttributeName")?.as_str()?.to_owned()),
        _ => None,
    }
}

/// The value that a condition of the form `#name = :value` asks of an attribute.
fn condition<'a>(sent: &'a Value, attribute: &str) -> Option<&'a Value> {
    let (name, value) = sent.get("KeyConditionExpression")?.as_str()?.split_once(" = ")?;
    let is_it = sent.get("ExpressionAttributeNames")?.get(name)? == attribute;
    let value = sent.get("ExpressionAttributeValues")?.get(value)?;
    is_it.then_some(value)
}

fn keys(item: &Object, names: &[&String]) -> Object {
    names.iter().filter_map(|name| Some(((*name).clone(), item.get(*name)?.clone()))).collect()
}
