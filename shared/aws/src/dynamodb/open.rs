//! The index of the requests that bear the mark.
//!
//! It holds keys alone and is a moment behind the table, so what is read by it is read again from the table.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::RequestId;

use super::Store;
use super::mark::{OPEN, OPEN_ATTRIBUTE};
use super::pages::PageStart;
use super::record::StoreError;
use crate::error::from_sdk;

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
