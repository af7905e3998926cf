//! A record as it stood in its table when it was read.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// The record as the store read it, carried along so that what this version does not know of it is written back.
/// Only the store knows its type. Two requests that differ in nothing else are equal.
#[derive(Clone, Default)]
pub struct AsRead(Option<Arc<dyn Any + Send + Sync>>);

impl AsRead {
    /// Of a record in the store's own form.
    pub fn new(record: impl Any + Send + Sync) -> Self {
        Self(Some(Arc::new(record)))
    }

    /// The record, if it was read and is in this form.
    #[must_use]
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_deref()?.downcast_ref()
    }
}

impl PartialEq for AsRead {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for AsRead {}

impl fmt::Debug for AsRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "read" } else { "new" })
    }
}
