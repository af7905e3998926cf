//! A record in DynamoDB's own types: reading one by its key, and writing one that nobody else has written since.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::{CallError, from_sdk};

/// The code of a write whose condition did not hold.
pub(super) const CONDITION_FAILED: &str = "ConditionalCheckFailedException";

/// Its attributes by their names.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is in the table.
    Done,
    /// Somebody else wrote the item since it was read.
    Conflict,
}

/// The item of this key, as it is now.
pub(super) async fn get(
    client: &Client,
    table: &str,
    key: &str,
    value: &str,
) -> Result<Option<Item>, CallError> {
    let answer = client
        .get_item()
        .table_name(table)
        .key(key, AttributeValue::S(value.to_owned()))
        .consistent_read(true)
        .send()
        .await
        .map_err(|e| from_sdk("dynamodb:GetItem", e))?;
    Ok(answer.item.filter(|item| !item.is_empty()))
}

/// Writes an item on condition that its version in the table is the one that was `read`: with 0, that there is none.
pub(super) async fn put(
    client: &Client,
    table: &str,
    key: &str,
    read: u64,
    item: Item,
) -> Result<Written, CallError> {
    let put = client.put_item().table_name(table).set_item(Some(item));
    let put = match read {
        0 => put.condition_expression(format!("attribute_not_exists({key})")),
        _ => put
            .condition_expression("version = :read")
            .expression_attribute_values(":read", AttributeValue::N(read.to_string())),
    };
    match put.send().await.map_err(|e| from_sdk("dynamodb:PutItem", e)) {
        Ok(_) => Ok(Written::Done),
        Err(error) if error.is(CONDITION_FAILED) => Ok(Written::Conflict),
        Err(error) => Err(error),
    }
}
