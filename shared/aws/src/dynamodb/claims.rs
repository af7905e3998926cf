//! The table of claims. A write is conditional on the version that was read, and keeps what only a newer program knows of the
//! claim.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use domain::ClaimId;
use domain::as_read::AsRead;
use serde_dynamo::{from_item, to_item};

use super::StoreError;
use super::carry::carry;
use super::item::{Item, Written, get, put};
use crate::claims::ClaimItem;

const KEY: &str = "claim_id";

/// The table of claims, as the worker has it that makes credentials.
#[derive(Debug, Clone)]
pub struct ClaimStore {
    client: Client,
    table: String,
}

impl ClaimStore {
    /// The table of this name, in the configuration's region.
    #[must_use]
    pub fn new(aws: &SdkConfig, table: &str) -> Self {
        Self { client: Client::new(aws), table: table.to_owned() }
    }

    /// A claim, as it is now.
    pub async fn get(&self, id: &ClaimId) -> Result<Option<ClaimItem>, StoreError> {
        let Some(item) = get(&self.client, &self.table, KEY, id.as_str()).await? else { return Ok(None) };
        let mut claim: ClaimItem = from_item(item.clone()).map_err(|error| self.unreadable(id, &error))?;
        claim.as_read = AsRead::new(item);
        Ok(Some(claim))
    }

    /// Writes a claim that was read before, or one that is new, on condition that nobody wrote it since.
    pub async fn save(&self, claim: &mut ClaimItem) -> Result<Written, StoreError> {
        let read = claim.version;
        let next = ClaimItem { version: read.saturating_add(1), ..claim.clone() };
        let mut item: Item = to_item(&next).map_err(|error| self.unreadable(&claim.claim_id, &error))?;
        if let Some(as_read) = claim.as_read.get::<Item>() {
            item = carry::<ClaimItem>(as_read, item);
        }
        let written = put(&self.client, &self.table, KEY, read, item.clone()).await?;
        if written == Written::Done {
            *claim = ClaimItem { as_read: AsRead::new(item), ..next };
        }
        Ok(written)
    }

    fn unreadable(&self, id: &ClaimId, error: &serde_dynamo::Error) -> StoreError {
        StoreError::Unreadable { table: self.table.clone(), key: id.to_string(), why: error.to_string() }
    }
}
