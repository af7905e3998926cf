//! A record in DynamoDB's own types.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// Its attributes by their names.
pub(crate) type Item = HashMap<String, AttributeValue>;
