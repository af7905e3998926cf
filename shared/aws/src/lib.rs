//! AWS: the only crate that names its SDK.
//!
//! There are no traits over AWS: the real SDK is used everywhere, and configuration decides what answers it. What keeps requests, and makes and ends access, is a feature, `grants`: the ingress is built without.

pub mod claims;
#[cfg(feature = "grants")]
pub mod console;
pub mod direct;
#[cfg(feature = "grants")]
pub mod dynamodb;
mod error;
#[cfg(feature = "grants")]
pub mod iam;
#[cfg(feature = "grants")]
pub mod identity_center;
#[cfg(feature = "grants")]
pub mod inspect;
#[cfg(feature = "grants")]
pub mod scheduler;
pub mod sdk;
pub mod secrets;
#[cfg(feature = "grants")]
pub mod ses;
pub mod sqs;
pub mod sts;
