//! DynamoDB, with conditional writes that are atomic and say what they met, scans that come in pages, and indexes.

mod beside;
mod index;

use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};
use tokio::sync::Mutex;
use winterbaume_core::{MockRequest, MockResponse, MockService};
use winterbaume_dynamodb::DynamoDbService;

pub use beside::Beside;

/// Items of one page of a scan. AWS fills a page with 1 MB of them; a number is enough to have several.
const SCAN_PAGE_ITEMS: u32 = 100;

/// The embedded DynamoDB.
#[derive(Default)]
pub(crate) struct Tables {
    service: DynamoDbService,
    /// The emulator checks a condition and then writes, with other calls in between; one call at a time repairs that.
    one_at_a_time: Mutex<()>,
    /// Whether an index shows what was so before the newest write, to the first who asks.
    lags: AtomicBool,
    newest: Mutex<Option<index::Newest>>,
    /// The program of another version that writes requests too, and what writes of ours lost of what it wrote.
    beside: std::sync::Mutex<(Option<Beside>, Vec<String>)>,
}

impl Tables {
    pub(crate) async fn handle(&self, request: MockRequest) -> MockResponse {
        let _turn = self.one_at_a_time.lock().await;
        if let Some(sent) = index::sent(&request) {
            return index::answer(self, &sent).await;
        }
        let request = in_pages(request);
        let lags = self.lags.load(Ordering::Relaxed);
        let (newest, request) = match lags.then(|| index::Newest::asked(&request)).flatten() {
            Some((newest, request)) => (Some(newest), request),
            None => (None, request),
        };
        let beside = self.beside.lock().unwrap_or_else(PoisonError::into_inner).0;
        let write = match beside.zip(beside::Write::sent(&request)) {
            Some((beside, write)) => Some((beside, write.stored(self).await, write)),
            None => None,
        };
        let mut answer = self.service.handle(request.clone()).await;
        if let (Some((beside, stored, write)), 200) = (write, answer.status) {
            let lost = write.lost(&stored);
            self.beside.lock().unwrap_or_else(PoisonError::into_inner).1.extend(lost);
            write.followed(beside, self).await;
        }
        if let (Some(newest), 200) = (newest, answer.status) {
            let (newest, as_it_was) = newest.answered(answer);
            *self.newest.lock().await = Some(newest);
            answer = as_it_was;
        }
        if answer.status == 400 { self.with_item_that_was_met(&request, answer).await } else { answer }
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

    /// All items of a table as plain JSON; empty when there is no such table.
    pub(crate) async fn scan(&self, table: &str) -> Vec<Map<String, Value>> {
        let answer = self.call("Scan", &json!({ "TableName": table })).await;
        let items = answer.get("Items").and_then(Value::as_array).cloned().unwrap_or_default();
        items.iter().filter_map(|item| item.as_object().map(plain_item)).collect()
    }

    /// A failed condition's item, for those who asked for `ReturnValuesOnConditionCheckFailure`.
    async fn with_item_that_was_met(&self, request: &MockRequest, answer: MockResponse) -> MockResponse {
        let sent: Value = serde_json::from_slice(&request.body).unwrap_or_default();
        let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return answer };
        let kind = body.get("__type").and_then(Value::as_str).unwrap_or_default().to_owned();
        if kind.ends_with("#ConditionalCheckFailedException") {
            if let (Some(item), Some(body)) = (self.met(&sent).await, body.as_object_mut()) {
                body.insert("Item".to_owned(), item);
            }
        } else if kind.ends_with("#TransactionCanceledException") {
            let writes = sent.get("TransactItems").and_then(Value::as_array).cloned().unwrap_or_default();
            let reasons = body.get_mut("CancellationReasons").and_then(Value::as_array_mut);
            for (write, reason) in writes.iter().zip(reasons.into_iter().flatten()) {
                let failed = reason.get("Code").and_then(Value::as_str) == Some("ConditionalCheckFailed");
                let write = write.as_object().and_then(|write| write.values().next()).unwrap_or(&Value::Null);
                if let (true, Some(reason)) = (failed, reason.as_object_mut())
                    && let Some(item) = self.met(write).await
                {
                    reason.insert("Item".to_owned(), item);
                }
            }
        }
        MockResponse { body: body.to_string().into(), ..answer }
    }

    async fn met(&self, write: &Value) -> Option<Value> {
        if write.get("ReturnValuesOnConditionCheckFailure")? != "ALL_OLD" {
            return None;
        }
        let key = write.get("Key").or_else(|| write.get("Item"))?;
        self.call("GetItem", &json!({ "TableName": write.get("TableName")?, "Key": key }))
            .await
            .get("Item")
            .cloned()
    }

    async fn call(&self, operation: &str, body: &Value) -> Value {
        let mut headers = http::HeaderMap::new();
        if let Ok(target) = format!("DynamoDB_20120810.{operation}").parse() {
            headers.insert("x-amz-target", target);
        }
        let uri = format!("https://dynamodb.{}.amazonaws.com/", super::REGION);
        let request = MockRequest { method: "POST".to_owned(), uri, headers, body: body.to_string().into() };
        let answer = self.service.handle(request).await;
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }
}

/// A scan that asks for no limit gets one.
fn in_pages(request: MockRequest) -> MockRequest {
    if !target_is(&request, "Scan") {
        return request;
    }
    let Ok(Value::Object(mut body)) = serde_json::from_slice(&request.body) else { return request };
    body.entry("Limit").or_insert_with(|| SCAN_PAGE_ITEMS.into());
    MockRequest { body: Value::Object(body).to_string().into(), ..request }
}

fn target_is(request: &MockRequest, operation: &str) -> bool {
    let target = request.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    target.and_then(|target| target.rsplit('.').next()) == Some(operation)
}

fn plain_item(item: &Map<String, Value>) -> Map<String, Value> {
    item.iter().map(|(name, value)| (name.clone(), plain(value))).collect()
}

/// An attribute value without its type tag.
fn plain(value: &Value) -> Value {
    let Some((kind, inner)) = value.as_object().and_then(|value| value.iter().next()) else {
        return Value::Null;
    };
    match (kind.as_str(), inner) {
        ("N", Value::String(number)) => serde_json::from_str(number).unwrap_or_else(|_| inner.clone()),
        ("M", Value::Object(map)) => Value::Object(plain_item(map)),
        ("L", Value::Array(list)) => list.iter().map(plain).collect(),
        ("NULL", _) => Value::Null,
        _ => inner.clone(),
    }
}
