//! The items of each table as they stand. To read them, or to write one on a condition, is done here; for anything else
//! the emulator is asked, which is first sent what was written meanwhile. Through the emulator, each such call parses
//! its body three times and copies whole tables.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::{Map, Value, json};
use winterbaume_core::MockResponse;
use winterbaume_dynamodb::DynamoDbService;
use winterbaume_dynamodb::expr::{evaluate, parse_expression};
use winterbaume_dynamodb::types::{AttributeValue, Item};

use super::emulator::call;

pub(in crate::aws) type Object = Map<String, Value>;

/// What a `GetItem` may ask for to be answered here.
const READ_BY: [&str; 3] = ["TableName", "Key", "ConsistentRead"];
/// What a `PutItem` may ask for to be done here.
const WRITTEN_BY: [&str; 6] = [
    "TableName",
    "Item",
    "ConditionExpression",
    "ExpressionAttributeNames",
    "ExpressionAttributeValues",
    "ReturnValuesOnConditionCheckFailure",
];

/// The tables that were looked at.
#[derive(Default)]
pub(super) struct Items {
    tables: HashMap<String, Table>,
}

/// A table with one key.
pub(super) struct Table {
    key: String,
    /// What `DescribeTable` says of it.
    pub(super) described: Value,
    /// By the key's value.
    pub(super) items: BTreeMap<String, Arc<Object>>,
    /// The keys of items that the emulator has not been sent.
    unsent: BTreeSet<String>,
}

/// What became of a write.
pub(super) enum Put {
    Done(Written),
    /// Its condition did not hold for this item.
    Refused(Option<Arc<Object>>),
}

/// A write of one item that was done, and the item that was there before.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) table: String,
    pub(super) key: String,
    pub(super) before: Option<Arc<Object>>,
}

impl Items {
    /// The answer to a `GetItem`; nothing where the emulator is to be asked.
    pub(super) async fn get(&mut self, service: &DynamoDbService, sent: &Object) -> Option<MockResponse> {
        let known = sent.keys().all(|name| READ_BY.contains(&name.as_str()));
        let key = sent.get("Key").filter(|_| known)?.as_object().filter(|key| key.len() == 1)?;
        let table = self.table(service, sent.get("TableName")?.as_str()?).await?;
        let body = match table.items.get(&table.key_of(key)?) {
            Some(item) => format!(r#"{{"Item":{}}}"#, serde_json::to_string(&**item).ok()?),
            None => "{}".to_owned(),
        };
        Some(MockResponse::json(200, body))
    }

    /// Does what a `PutItem` asks for; nothing where the emulator is to be asked.
    pub(super) async fn put(&mut self, service: &DynamoDbService, sent: &mut Object) -> Option<Put> {
        if !sent.keys().all(|name| WRITTEN_BY.contains(&name.as_str())) {
            return None;
        }
        let name = sent.get("TableName")?.as_str()?.to_owned();
        let table = self.table(service, &name).await?;
        let key = table.key_of(sent.get("Item")?.as_object()?)?;
        let before = table.items.get(&key).cloned();
        if !holds(sent, before.as_deref())? {
            return Some(Put::Refused(before));
        }
        let Some(Value::Object(item)) = sent.remove("Item") else { return None };
        table.put(key.clone(), item);
        Some(Put::Done(Written { table: name, key, before }))
    }

    /// The item that another write of one item is about, as it is before.
    pub(super) async fn before(&mut self, service: &DynamoDbService, sent: &Object) -> Option<Written> {
        let name = sent.get("TableName")?.as_str()?.to_owned();
        let item = sent.get("Item").or_else(|| sent.get("Key"))?.as_object()?;
        let table = self.table(service, &name).await?;
        let key = table.key_of(item)?;
        let before = table.items.get(&key).cloned();
        Some(Written { table: name, key, before })
    }

    /// The table of this name; nothing where there is none, or where it has two keys.
    pub(super) async fn table(&mut self, service: &DynamoDbService, name: &str) -> Option<&mut Table> {
        if !self.tables.contains_key(name) {
            let described = call(service, "DescribeTable", &json!({ "TableName": name })).await;
            let described = described.get("Table")?.clone();
            let key = hash_key(&described)?;
            let all = call(service, "Scan", &json!({ "TableName": name })).await;
            let mut table = Table { key, described, items: BTreeMap::new(), unsent: BTreeSet::new() };
            for item in all.get("Items").and_then(Value::as_array).into_iter().flatten() {
                let item = item.as_object()?;
                table.items.insert(table.key_of(item)?, Arc::new(item.clone()));
            }
            self.tables.insert(name.to_owned(), table);
        }
        self.tables.get_mut(name)
    }

    /// Sends the emulator what was written since it was asked last.
    pub(super) async fn send_all(&mut self, service: &DynamoDbService) {
        for (name, table) in &mut self.tables {
            for key in std::mem::take(&mut table.unsent) {
                if let Some(item) = table.items.get(&key) {
                    call(service, "PutItem", &json!({ "TableName": name, "Item": **item })).await;
                }
            }
        }
    }

    /// The emulator has written: what is here is read anew.
    pub(super) fn forget(&mut self) {
        self.tables.clear();
    }
}

impl Table {
    /// The text of a key's value, by which items are in order.
    pub(super) fn key_of(&self, item: &Object) -> Option<String> {
        item.get(&self.key)?.get("S")?.as_str().map(str::to_owned)
    }

    /// The key whose value has this text.
    pub(super) fn key(&self, value: &str) -> Object {
        Object::from_iter([(self.key.clone(), json!({ "S": value }))])
    }

    /// Puts an item here; the emulator is sent it before it is asked again.
    pub(super) fn put(&mut self, key: String, item: Object) {
        self.unsent.insert(key.clone());
        self.items.insert(key, Arc::new(item));
    }
}

/// The one key of a table or an index; nothing where there are two.
pub(super) fn hash_key(described: &Value) -> Option<String> {
    match described.get("KeySchema")?.as_array()?.as_slice() {
        [key] => Some(key.get("AttributeName")?.as_str()?.to_owned()),
        _ => None,
    }
}

/// Whether the condition of a write holds for what is there; nothing where it cannot be read.
fn holds(sent: &Object, there: Option<&Object>) -> Option<bool> {
    let Some(condition) = sent.get("ConditionExpression") else { return Some(true) };
    let condition = condition.as_str()?;
    let part = |name: &str| sent.get(name).cloned().unwrap_or_else(|| json!({}));
    let names: HashMap<String, String> = serde_json::from_value(part("ExpressionAttributeNames")).ok()?;
    let values: Item = serde_json::from_value(part("ExpressionAttributeValues")).ok()?;
    let condition_reads = |attribute: &str| {
        condition.contains(attribute) || names.values().any(|name| name.contains(attribute))
    };
    let read = there.into_iter().flatten().filter(|(name, _)| condition_reads(name));
    let typed = |value: &Value| serde_json::from_value::<AttributeValue>(value.clone()).ok();
    let item: Option<Item> = read.map(|(name, value)| Some((name.clone(), typed(value)?))).collect();
    Some(evaluate(&parse_expression(condition, &names, &values).ok()?, &item?))
}
