//! The mark on requests that a sweep may still have something to do for, and the index of those that bear it.
//!
//! The mark is no part of the request: it is worked out from it at each write, and nobody reads it back as one of its
//! fields. The index holds keys alone and is a moment behind the table, so what is read by it is read again from the table.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{Request, RequestId};

use super::{Item, PageStart, Store, StoreError};
use crate::error::from_sdk;

/// The attribute that is the index's only key. A request that is settled has none, and so is not in the index.
pub const OPEN_ATTRIBUTE: &str = "open";
/// What the attribute says, always.
const OPEN: &str = "yes";
/// Keys of one page of the index, at most: as many as the table gives records for at once.
const PAGE_KEYS: i32 = 100;

/// One page of the index.
#[derive(Debug, Default)]
pub struct OpenPage {
    /// The requests that bear the mark, as far as their keys can be ids.
    pub ids: Vec<RequestId>,
    /// Keys that cannot.
    pub unreadable: Vec<StoreError>,
    /// Where to go on; `None` after the last page.
    pub next: Option<PageStart>,
}

/// The attribute of an item, for a request that bears the mark.
pub(super) fn mark(request: &Request) -> Option<(String, AttributeValue)> {
    request.needs_sweep().then(|| (OPEN_ATTRIBUTE.to_owned(), AttributeValue::S(OPEN.to_owned())))
}

/// Whether an item bears the mark.
pub(super) fn is_marked(item: &Item) -> bool {
    item.get(OPEN_ATTRIBUTE).and_then(|mark| mark.as_s().ok()).is_some_and(|mark| mark == OPEN)
}

impl Store {
    /// One page of the requests that bear the mark, by the index of this name, in no order.
    pub async fn open_page(&self, index: &str, start: Option<PageStart>) -> Result<OpenPage, StoreError> {
        let page = self
            .client
            .query()
            .table_name(&self.requests_table)
            .index_name(index)
            // `open` is a word of DynamoDB's own.
            .key_condition_expression("#open = :open")
            .expression_attribute_names("#open", OPEN_ATTRIBUTE)
            .expression_attribute_values(":open", AttributeValue::S(OPEN.to_owned()))
            .limit(PAGE_KEYS)
            .set_exclusive_start_key(start.map(|PageStart(key)| key))
            .send()
            .await
            .map_err(|e| from_sdk("dynamodb:Query", e))?;
        let mut result = OpenPage { next: page.last_evaluated_key.map(PageStart), ..OpenPage::default() };
        for item in page.items.unwrap_or_default() {
            let key = item.get("request_id").and_then(|key| key.as_s().ok()).cloned().unwrap_or_default();
            match RequestId::parse(&key) {
                Ok(id) => result.ids.push(id),
                Err(error) => result.unreadable.push(StoreError::Unreadable {
                    table: self.requests_table.clone(),
                    key,
                    why: error.to_string(),
                }),
            }
        }
        Ok(result)
    }
}
