//! AWS: the only crate that names its SDK.
//!
//! There are no traits over AWS: the real SDK is used everywhere, and configuration decides what answers it.

pub mod claims;
pub mod console;
pub mod direct;
pub mod dynamodb;
mod error;
pub mod iam;
pub mod identity_center;
pub mod inspect;
pub mod scheduler;
pub mod sdk;
pub mod secrets;
pub mod ses;
pub mod sqs;
pub mod sts;
