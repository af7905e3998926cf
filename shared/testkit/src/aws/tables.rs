//! DynamoDB, with conditional writes that are atomic and say what they met, scans that come in pages, and indexes.

mod beside;
mod emulator;
mod index;
mod items;
mod reads;
mod state;
mod tags;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};

use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use winterbaume_core::{MockRequest, MockResponse, MockService};
use winterbaume_dynamodb::DynamoDbService;

pub use beside::Beside;
pub(super) use beside::{enrich, strip};
use emulator::{call, operation, request};
pub(super) use items::Object;
use items::Put;
use state::State;
pub use tags::plain_item;

/// Items of one page of a scan. AWS fills a page with 1 MB of them; a number is enough to have several.
const SCAN_PAGE_ITEMS: u32 = 100;
/// How the names of calls begin that change nothing.
const READS: [&str; 6] = ["BatchGet", "Describe", "Get", "List", "Query", "Scan"];

/// The embedded DynamoDB.
#[derive(Default)]
pub(crate) struct Tables {
    service: DynamoDbService,
    /// The emulator checks a condition and then writes, with other calls in between; one call at a time repairs that.
    one_at_a_time: Mutex<State>,
    /// Whether an index shows what was so before the newest write, to the first who asks.
    lags: AtomicBool,
    /// The program of another version that writes requests too, and what writes of ours lost of what it wrote.
    beside: std::sync::Mutex<(Option<Beside>, Vec<String>)>,
}

impl Tables {
    pub(crate) async fn handle(&self, request: MockRequest) -> MockResponse {
        let mut state = self.one_at_a_time.lock().await;
        let mut sent: Object = serde_json::from_slice(&request.body).unwrap_or_default();
        let here = match operation(&request) {
            "GetItem" => state.items.get(&self.service, &sent).await,
            "BatchGetItem" => state.items.batch(&self.service, &sent).await,
            "Scan" => state.items.scan(&self.service, &sent).await,
            "PutItem" => self.put(&mut state, &mut sent).await,
            "Query" if sent.contains_key("IndexName") => {
                Some(index::answer(&self.service, &mut state, &sent).await)
            }
            _ => None,
        };
        match here {
            Some(answer) => answer,
            None => self.ask(&mut state, request, &sent).await,
        }
    }

    /// Writes an item; nothing where the emulator is to be asked.
    async fn put(&self, state: &mut State, sent: &mut Object) -> Option<MockResponse> {
        let item = match state.items.put(&self.service, sent).await? {
            Put::Refused(item) => {
                let asked = sent.get("ReturnValuesOnConditionCheckFailure").is_some_and(|of| of == "ALL_OLD");
                let mut body = json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
                    "message": "The conditional request failed",
                });
                if let (true, Some(item), Some(body)) = (asked, item, body.as_object_mut()) {
                    body.insert("Item".to_owned(), Value::Object((*item).clone()));
                }
                return Some(MockResponse::json(400, body.to_string()));
            }
            Put::Done(item) => item,
        };
        let beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner).0;
        if let Some(beside) = beside
            && let Some(table) = state.items.table(&self.service, &item.table).await
        {
            let lost = beside::follow(beside, table, &item);
            self.beside.lock().unwrap_or_else(PoisonError::into_inner).1.extend(lost);
        }
        if self.lags.load(Ordering::Relaxed) {
            state.newest = Some(item);
        }
        Some(MockResponse::json(200, "{}"))
    }

    /// Asks the emulator.
    async fn ask(&self, state: &mut State, request: MockRequest, sent: &Object) -> MockResponse {
        let writes_one = ["PutItem", "UpdateItem", "DeleteItem"].contains(&operation(&request));
        let written = if writes_one { state.items.before(&self.service, sent).await } else { None };
        state.items.send_all(&self.service).await;
        let request = in_pages(request);
        let answer = self.service.handle(request.clone()).await;
        let is_read = READS.iter().any(|read| operation(&request).starts_with(read));
        if answer.status == 200 && !is_read {
            state.items.forget();
            if self.lags.load(Ordering::Relaxed) {
                state.newest = written;
            }
        }
        if answer.status == 400 { self.with_item_that_was_met(sent, answer).await } else { answer }
    }

    /// From now on, who reads an index first after a write does not see that write yet.
    pub(crate) fn let_indexes_lag(&self) {
        self.lags.store(true, Ordering::Relaxed);
    }

    /// From now on a program of another version writes each request after we did.
    pub(crate) fn write_beside(&self, program: Beside) {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).0 = Some(program);
    }

    /// What writes of ours lost of what a newer program had written: paths in a record.
    pub(crate) fn lost(&self) -> Vec<String> {
        self.beside.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// All items of a table as they are, in the order of their keys; empty when there is no such table.
    pub(crate) async fn items(&self, table: &str) -> Vec<Arc<Object>> {
        let mut state = self.one_at_a_time.lock().await;
        let found = state.items.table(&self.service, table).await;
        found.map(|table| table.items.values().cloned().collect()).unwrap_or_default()
    }

    /// All items of a table as plain JSON; empty when there is no such table.
    pub(crate) async fn scan(&self, table: &str) -> Vec<Map<String, Value>> {
        self.items(table).await.iter().map(|item| plain_item(item)).collect()
    }

    /// Puts a record into a table as it is; the answer where it was not taken.
    pub(crate) async fn add(&self, table: &str, record: &Value) -> Result<(), String> {
        let item = record.as_object().map(tags::tagged_item);
        let answer = self.handle(request("PutItem", &json!({ "TableName": table, "Item": item }))).await;
        if answer.status == 200 { Ok(()) } else { Err(String::from_utf8_lossy(&answer.body).into_owned()) }
    }

    /// A failed condition's item, for those who asked for `ReturnValuesOnConditionCheckFailure`.
    async fn with_item_that_was_met(&self, sent: &Object, answer: MockResponse) -> MockResponse {
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
        let kind = body.get("__type").and_then(Value::as_str).unwrap_or_default().to_owned();
        if kind.ends_with("#ConditionalCheckFailedException") {
            if let (Some(item), Some(body)) = (self.met(sent).await, body.as_object_mut()) {
                body.insert("Item".to_owned(), item);
            }
        } else if kind.ends_with("#TransactionCanceledException") {
            let writes = sent.get("TransactItems").and_then(Value::as_array).cloned().unwrap_or_default();
            let reasons = body.get_mut("CancellationReasons").and_then(Value::as_array_mut);
            for (write, reason) in writes.iter().zip(reasons.into_iter().flatten()) {
                let failed = reason.get("Code").and_then(Value::as_str) == Some("ConditionalCheckFailed");
                let write = write.as_object().and_then(|write| write.values().next()?.as_object());
                if let (true, Some(write), Some(reason)) = (failed, write, reason.as_object_mut())
                    && let Some(item) = self.met(write).await
                {
                    reason.insert("Item".to_owned(), item);
                }
            }
        }
        MockResponse { body: body.to_string().into(), ..answer }
    }

    async fn met(&self, write: &Object) -> Option<Value> {
        if write.get("ReturnValuesOnConditionCheckFailure")? != "ALL_OLD" {
            return None;
        }
        let key = write.get("Key").or_else(|| write.get("Item"))?;
        call(&self.service, "GetItem", &json!({ "TableName": write.get("TableName")?, "Key": key }))
            .await
            .get("Item")
            .cloned()
    }
}

/// A scan that asks for no limit gets one.
fn in_pages(request: MockRequest) -> MockRequest {
    if operation(&request) != "Scan" {
        return request;
    }
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&request.body) else { return request };
    body.entry("Limit").or_insert_with(|| SCAN_PAGE_ITEMS.into());
    MockRequest { body: Value::Object(body).to_string().into(), ..request }
}
