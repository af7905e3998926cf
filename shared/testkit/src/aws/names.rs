//! Where everything is.

/// The account that everything is in.
pub const ACCOUNT: &str = "123456789012";
/// The region that everything is in.
pub const REGION: &str = "us-east-1";
