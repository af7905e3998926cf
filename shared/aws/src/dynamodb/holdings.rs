//! Items of the table of requests that say which grants hold something that several may.
//!
//! Their keys are none of requests, and their `status` is one that no version of a request has: a program that does not know them
//! takes them for a newer version's records and leaves them alone.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::as_read::AsRead;
use domain::holding::{Held, Holding, KEY_PREFIX};
use serde_dynamo::{from_item, to_item};

use super::Store;
use super::carry::carry;
use super::item::{CONDITION_FAILED, Item, Written, put};
use super::record::StoreError;
use crate::error::from_sdk;

const KEY: &str = "request_id";
const STATUS: &str = "status";
/// What their `status` says.
const HOLDING: &str = "HOLDING";

impl Store {
    /// Which grants hold this, as it is now.
    pub async fn holding(&self, held: &Held) -> Result<Option<Holding>, StoreError> {
        let key = held.key();
        let item = self.get(&self.requests_table, KEY, &key).await?;
        item.map(|item| read(&self.requests_table, &key, item)).transpose()
    }

    /// Writes it, on condition that nobody wrote it since it was read; its version grows by one. What only a newer
    /// program knows of it stays.
    pub async fn save_holding(&self, holding: &mut Holding) -> Result<Written, StoreError> {
        let read_version = holding.version;
        let next = Holding { version: read_version.saturating_add(1), ..holding.clone() };
        let item = self.holding_item(&next)?;
        let written = put(&self.client, &self.requests_table, KEY, read_version, item.clone()).await?;
        if written == Written::Done {
            *holding = Holding { as_read: AsRead::new(item), ..next };
        }
        Ok(written)
    }

    /// Removes it, on condition that nobody wrote it since it was read. One that is not there is removed already.
    pub async fn remove_holding(&self, holding: &Holding) -> Result<Written, StoreError> {
        let delete = self
            .client
            .delete_item()
            .table_name(&self.requests_table)
            .key(KEY, AttributeValue::S(holding.held.key()))
            .condition_expression("attribute_not_exists(request_id) OR version = :read")
            .expression_attribute_values(":read", AttributeValue::N(holding.version.to_string()));
        match delete.send().await.map_err(|e| from_sdk("dynamodb:DeleteItem", e)) {
            Ok(_) => Ok(Written::Done),
            Err(error) if error.is(CONDITION_FAILED) => Ok(Written::Conflict),
            Err(error) => Err(error.into()),
        }
    }

    fn holding_item(&self, holding: &Holding) -> Result<Item, StoreError> {
        let key = holding.held.key();
        let mut item: Item =
            to_item(holding).map_err(|error| unreadable(&self.requests_table, &key, &error))?;
        if let Some(as_read) = holding.as_read.get::<Item>() {
            item = carry::<Holding>(as_read, item);
        }
        item.insert(KEY.to_owned(), AttributeValue::S(key));
        item.insert(STATUS.to_owned(), AttributeValue::S(HOLDING.to_owned()));
        Ok(item)
    }
}

/// Whether an item of this key is one of these.
pub(super) fn is_holding(key: &str) -> bool {
    key.starts_with(KEY_PREFIX)
}

pub(super) fn read(table: &str, key: &str, item: Item) -> Result<Holding, StoreError> {
    let mut holding: Holding = from_item(item.clone()).map_err(|error| unreadable(table, key, &error))?;
    holding.as_read = AsRead::new(item);
    Ok(holding)
}

fn unreadable(table: &str, key: &str, error: &serde_dynamo::Error) -> StoreError {
    StoreError::Unreadable { table: table.to_owned(), key: key.to_owned(), why: error.to_string() }
}
