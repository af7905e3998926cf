//! A record as it is read and written, and why it could not be.

use domain::as_read::AsRead;
use domain::{Project, Request, RequestId};
use serde_dynamo::from_item;

use super::item::Item;
use super::mark::OPEN_ATTRIBUTE;
use super::nothing::project_without_nothing;
use super::{mark, newer};
use crate::error::CallError;

/// Why a record could not be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum StoreError {
    #[error(transparent)]
    Call(#[from] CallError),
    /// The record is there, and is not what it should be.
    #[error("the record `{key}` in table `{table}` cannot be read: {why}")]
    Unreadable {
        table: String,
        /// The record's key.
        key: String,
        why: String,
    },
    /// The record was written by a newer program and says something that this one does not know. That one handles it.
    #[error("the record `{key}` in table `{table}` was written by a newer version: {what} is not known here")]
    Newer {
        table: String,
        /// The record's key.
        key: String,
        /// What is not known.
        what: String,
    },
    /// Somebody else wrote the record since it was read: read it again and decide again.
    #[error("the request `{0}` was changed by another worker meanwhile")]
    Conflict(RequestId),
}

impl StoreError {
    /// The key of the record that it is about, where that is known.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Unreadable { key, .. } | Self::Newer { key, .. } => Some(key),
            Self::Conflict(id) => Some(id.as_str()),
            Self::Call(_) => None,
        }
    }
}

/// A request, with the record as it stands. The mark is no part of it: each write works it out anew.
pub(super) fn read_request(table: &str, key: &str, mut item: Item) -> Result<Request, StoreError> {
    item.remove(OPEN_ATTRIBUTE);
    match from_item::<_, Request>(newer::readable(item.clone())) {
        Ok(mut request) => {
            request.as_read = AsRead::new(item);
            Ok(request)
        }
        Err(error) => Err(unreadable(table, key, &error, newer::written_by_newer(&item))),
    }
}

pub(super) fn with_mark(request: &Request, mut item: Item) -> Item {
    item.extend(mark::mark(request));
    item
}

pub(super) fn unreadable(
    table: &str,
    key: &str,
    error: &serde_dynamo::Error,
    newer: Option<String>,
) -> StoreError {
    let (table, key) = (table.to_owned(), key.to_owned());
    match newer {
        Some(what) => StoreError::Newer { table, key, what },
        None => StoreError::Unreadable { table, key, why: error.to_string() },
    }
}

pub(super) fn read_project(table: &str, key: &str, item: Item) -> Result<Project, StoreError> {
    let newer = newer::project_by_newer(&item);
    from_item(project_without_nothing(item)).map_err(|error| unreadable(table, key, &error, newer))
}
