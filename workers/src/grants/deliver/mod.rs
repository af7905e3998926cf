//! How a credential reaches its requester.

pub(crate) mod email;
