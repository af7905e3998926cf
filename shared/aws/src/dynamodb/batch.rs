//! Many requests at once, by their ids.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use domain::{Request, RequestId};

use super::Store;
use super::item::Item;
use super::record::{StoreError, read_request};
use crate::error::{CallError, from_sdk};

const CALL: &str = "dynamodb:BatchGetItem";
/// Records that one call reads, at most (DynamoDB's own limit).
const BATCH_MAX: usize = 100;
/// Calls for one batch, at most: DynamoDB may leave out what was too much at that moment.
const TRIES_MAX: u32 = 6;
/// Wait before what was left out is asked for again; it doubles each time.
const FIRST_WAIT: Duration = Duration::from_millis(50);

impl Store {
    /// The requests of these ids, as they are now. One that is not there is not in the answer.
    pub async fn requests(
        &self,
        ids: &BTreeSet<&RequestId>,
    ) -> Result<BTreeMap<RequestId, Result<Request, StoreError>>, StoreError> {
        let mut found = BTreeMap::new();
        let ids: Vec<&&RequestId> = ids.iter().collect();
        for batch in ids.chunks(BATCH_MAX) {
            for item in self.batch(batch.iter().map(|id| id.as_str())).await? {
                let key = item.get("request_id").and_then(|key| key.as_s().ok()).cloned().unwrap_or_default();
                if let Ok(id) = RequestId::parse(&key) {
                    found.insert(id, read_request(&self.requests_table, &key, item));
                }
            }
        }
        Ok(found)
    }

    async fn batch(&self, ids: impl Iterator<Item = &str>) -> Result<Vec<Item>, StoreError> {
        let key = |id: &str| Item::from([("request_id".to_owned(), AttributeValue::S(id.to_owned()))]);
        let mut keys: Vec<Item> = ids.map(key).collect();
        let mut items = Vec::with_capacity(keys.len());
        let mut wait = FIRST_WAIT;
        for _ in 0..TRIES_MAX {
            let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
            let wanted = wanted.map_err(|error| CallError::permanent(CALL, error.to_string()))?;
            let call = self.client.batch_get_item().request_items(&self.requests_table, wanted);
            let answer = call.send().await.map_err(|e| from_sdk(CALL, e))?;
            items.extend(answer.responses.unwrap_or_default().into_values().flatten());
            keys = answer
                .unprocessed_keys
                .unwrap_or_default()
                .into_values()
                .flat_map(|left| left.keys)
                .collect();
            if keys.is_empty() {
                return Ok(items);
            }
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2);
        }
        Err(CallError::incomplete(CALL, "record of every key").into())
    }
}
