//! The revoke worker.
fn main() {}
