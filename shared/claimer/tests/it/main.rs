//! What a claimer's machine does, against a server of claims: what it claims, keeps, renews, and writes into AWS's files.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected fails"
)]

mod at_once;
mod credentials;
mod files;
mod keylease;
mod machine;
mod server;

use serde_json::Value;

use machine::{Machine, NOW, key, session};
use server::{Answer, Claims};

/// A machine, and a server that hands out this.
async fn with(credential: Value) -> (Machine, Claims) {
    (Machine::new(), Claims::start(NOW, Answer::Credential(credential)).await)
}

/// The same, with it claimed as the profile `work`.
async fn claimed(credential: Value) -> (Machine, Claims) {
    let (machine, claims) = with(credential).await;
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    (machine, claims)
}
