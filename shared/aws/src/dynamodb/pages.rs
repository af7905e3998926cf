//! The table of requests as a whole, page by page.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::holding::Holding;
use domain::{Request, RequestId};

use super::Store;
use super::holdings;
use super::item::Item;
use super::mark::is_marked;
use super::record::{StoreError, read_request};
use crate::error::from_sdk;

const KEY: &str = "request_id";
/// Pages that [`Store::each_page`] reads, at most: at 1 MB a page, ten times what the sweep is made for.
pub const PAGES_MAX: u32 = 100_000;

/// Where a scan or a query goes on.
#[derive(Debug, Clone)]
pub struct PageStart(pub(super) Item);

/// One page of a scan of requests.
#[derive(Debug, Default)]
pub struct RequestsPage {
    /// What could be read.
    pub requests: Vec<Request>,
    /// Those of them whose mark is not what it should be: their record was put there by hand, or by an earlier version.
    pub mismarked: BTreeSet<RequestId>,
    /// Which grants hold what several may.
    pub holdings: Vec<Holding>,
    /// What could not be read.
    pub unreadable: Vec<StoreError>,
    /// Where to go on; `None` after the last page.
    pub next: Option<PageStart>,
}

impl PageStart {
    /// After the record of this key.
    #[must_use]
    pub fn after(key: &str) -> Self {
        Self(Item::from([(KEY.to_owned(), AttributeValue::S(key.to_owned()))]))
    }

    /// The key of the record after which it goes on.
    #[must_use]
    pub fn key(&self) -> &str {
        key_of(&self.0)
    }
}

impl Store {
    /// One page of requests, in no order; as many as DynamoDB gives at once.
    pub async fn requests_page(&self, start: Option<PageStart>) -> Result<RequestsPage, StoreError> {
        self.scan(start, None).await
    }

    /// Hands every page to `take`; only one is held at a time. Returns whether it came to the end of the table.
    pub async fn each_page<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(RequestsPage) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut start = None;
        for _ in 0..PAGES_MAX {
            let mut page = self.requests_page(start).await?;
            start = page.next.take();
            take(page)?;
            if start.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// One page of so many records at most.
    pub async fn requests_page_of(
        &self,
        records_max: i32,
        start: Option<PageStart>,
    ) -> Result<RequestsPage, StoreError> {
        self.scan(start, Some(records_max)).await
    }

    async fn scan(
        &self,
        start: Option<PageStart>,
        records_max: Option<i32>,
    ) -> Result<RequestsPage, StoreError> {
        let page = self
            .client
            .scan()
            .table_name(&self.requests_table)
            .consistent_read(true)
            .set_limit(records_max)
            .set_exclusive_start_key(start.map(|PageStart(key)| key))
            .send()
            .await
            .map_err(|e| from_sdk("dynamodb:Scan", e))?;
        let mut result =
            RequestsPage { next: page.last_evaluated_key.map(PageStart), ..RequestsPage::default() };
        for item in page.items.unwrap_or_default() {
            let (key, is_marked) = (key_of(&item).to_owned(), is_marked(&item));
            if holdings::is_holding(&key) {
                match holdings::read(&self.requests_table, &key, item) {
                    Ok(holding) => result.holdings.push(holding),
                    Err(error) => result.unreadable.push(error),
                }
                continue;
            }
            match read_request(&self.requests_table, &key, item) {
                Ok(request) => {
                    if is_marked != request.needs_sweep() {
                        result.mismarked.insert(request.request_id.clone());
                    }
                    result.requests.push(request);
                }
                Err(error) => result.unreadable.push(error),
            }
        }
        Ok(result)
    }
}

fn key_of(item: &Item) -> &str {
    item.get(KEY).and_then(|key| key.as_s().ok()).map_or("", String::as_str)
}
