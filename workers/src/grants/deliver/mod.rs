//! How a credential reaches its requester.

pub(crate) mod claim;
pub(crate) mod console;
pub(crate) mod email;
