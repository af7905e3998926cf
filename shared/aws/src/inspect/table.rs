//! A table's key and what protects it.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    IndexStatus, KeySchemaElement, KeyType, PointInTimeRecoveryStatus, ScalarAttributeType, TableStatus,
    TimeToLiveStatus,
};

use crate::error::{CallError, from_sdk};

/// A table, as `DynamoDB` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSeen {
    /// Whether it can be used now.
    pub active: bool,
    /// Its key: `name (S)`, and a second one where it has a sort key.
    pub key: String,
    /// Whether it is protected against being deleted.
    pub deletion_protected: bool,
    /// Its global secondary indexes.
    pub indexes: Vec<IndexSeen>,
}

/// A global secondary index, as `DynamoDB` has it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct IndexSeen {
    pub name: String,
    /// Whether it can be read, and holds all that it should.
    pub active: bool,
    /// Its key, in the form of the table's.
    pub key: String,
}

/// The table of this name.
pub async fn table(aws: &SdkConfig, name: &str) -> Result<Option<TableSeen>, CallError> {
    const CALL: &str = "dynamodb:DescribeTable";
    let answer = Client::new(aws).describe_table().table_name(name).send().await;
    let found = match answer.map_err(|e| from_sdk(CALL, e)) {
        Ok(answer) => answer.table.ok_or_else(|| CallError::incomplete(CALL, "Table"))?,
        Err(error) if error.is("ResourceNotFoundException") => return Ok(None),
        Err(error) => return Err(error),
    };
    let kind = |name: &str| {
        let attributes = found.attribute_definitions.as_deref().unwrap_or_default();
        let attribute = attributes.iter().find(|attribute| attribute.attribute_name == name);
        attribute.map_or(ScalarAttributeType::from(""), |attribute| attribute.attribute_type.clone())
    };
    let key = |schema: Option<&[KeySchemaElement]>| {
        let mut keys = schema.unwrap_or_default().to_vec();
        keys.sort_by_key(|key| key.key_type != KeyType::Hash);
        let keys = keys.iter().map(|key| format!("{} ({})", key.attribute_name, kind(&key.attribute_name)));
        keys.collect::<Vec<_>>().join(", ")
    };
    let indexes =
        found.global_secondary_indexes.as_deref().unwrap_or_default().iter().map(|index| IndexSeen {
            name: index.index_name.clone().unwrap_or_default(),
            active: index.index_status == Some(IndexStatus::Active),
            key: key(index.key_schema.as_deref()),
        });
    Ok(Some(TableSeen {
        active: found.table_status == Some(TableStatus::Active),
        key: key(found.key_schema.as_deref()),
        deletion_protected: found.deletion_protection_enabled.unwrap_or(false),
        indexes: indexes.collect(),
    }))
}

/// Whether a table can be set back to any moment of the last weeks.
pub async fn is_recoverable(aws: &SdkConfig, name: &str) -> Result<bool, CallError> {
    const CALL: &str = "dynamodb:DescribeContinuousBackups";
    let answer = Client::new(aws).describe_continuous_backups().table_name(name).send().await;
    let found = answer.map_err(|e| from_sdk(CALL, e))?.continuous_backups_description;
    let recovery = found.and_then(|backups| backups.point_in_time_recovery_description);
    let status = recovery.and_then(|recovery| recovery.point_in_time_recovery_status);
    Ok(status == Some(PointInTimeRecoveryStatus::Enabled))
}

/// The attribute by whose time items expire; nothing where none does.
pub async fn expiry_attribute(aws: &SdkConfig, name: &str) -> Result<Option<String>, CallError> {
    const CALL: &str = "dynamodb:DescribeTimeToLive";
    let answer = Client::new(aws).describe_time_to_live().table_name(name).send().await;
    let found = answer.map_err(|e| from_sdk(CALL, e))?.time_to_live_description;
    let is_on =
        |status: &TimeToLiveStatus| [TimeToLiveStatus::Enabled, TimeToLiveStatus::Enabling].contains(status);
    let found = found.filter(|found| found.time_to_live_status.as_ref().is_some_and(is_on));
    Ok(found.and_then(|found| found.attribute_name))
}
