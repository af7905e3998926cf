//! The notify worker.
fn main() {}
