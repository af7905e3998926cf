//! The table of claims. A write is conditional on the version that was read, and keeps what only a newer program knows of the
//! claim.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::ClaimId;
use domain::as_read::AsRead;
use serde_dynamo::{from_item, to_item};

use super::carry::carry;
use super::item::Item;
use super::{CONDITION_FAILED, StoreError};
use crate::claims::ClaimItem;
use crate::error::from_sdk;

/// The table of claims, as the worker has it that makes credentials.
#[derive(Debug, Clone)]
pub struct ClaimStore {
    client: Client,
    table: String,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is there.
    Done,
    /// Somebody else wrote the claim since it was read.
    Conflict,
}

impl ClaimStore {
    /// The table of this name, in the configuration's region.
    #[must_use]
    pub fn new(aws: &SdkConfig, table: &str) -> Self {
        Self { client: Client::new(aws), table: table.to_owned() }
    }

    /// A claim, as it is now.
    pub async fn get(&self, id: &ClaimId) -> Result<Option<ClaimItem>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .key("claim_id", AttributeValue::S(id.to_string()))
            .consistent_read(true)
            .send()
            .await
            .map_err(|e| from_sdk("dynamodb:GetItem", e))?;
        let Some(item) = answer.item.filter(|item| !item.is_empty()) else { return Ok(None) };
        let mut claim: ClaimItem = from_item(item.clone()).map_err(|error| self.unreadable(id, &error))?;
        claim.as_read = AsRead::new(item);
        Ok(Some(claim))
    }

    /// Writes a claim that was read before, or one that is new, on condition that nobody wrote it since.
    pub async fn save(&self, claim: &mut ClaimItem) -> Result<Saved, StoreError> {
        let read = claim.version;
        claim.version = read.saturating_add(1);
        let mut item: Item = to_item(&*claim).map_err(|error| self.unreadable(&claim.claim_id, &error))?;
        if let Some(as_read) = claim.as_read.get::<Item>() {
            item = carry::<ClaimItem>(as_read, item);
        }
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item.clone()));
        let put = match read {
            0 => put.condition_expression("attribute_not_exists(claim_id)"),
            _ => put
                .condition_expression("version = :read")
                .expression_attribute_values(":read", AttributeValue::N(read.to_string())),
        };
        match put.send().await.map_err(|e| from_sdk("dynamodb:PutItem", e)) {
            Ok(_) => {
                claim.as_read = AsRead::new(item);
                Ok(Saved::Done)
            }
            Err(error) => {
                claim.version = read;
                if error.is(CONDITION_FAILED) { Ok(Saved::Conflict) } else { Err(error.into()) }
            }
        }
    }

    fn unreadable(&self, id: &ClaimId, error: &serde_dynamo::Error) -> StoreError {
        StoreError::Unreadable { table: self.table.clone(), key: id.to_string(), why: error.to_string() }
    }
}
