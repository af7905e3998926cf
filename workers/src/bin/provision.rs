//! The provision worker.
fn main() {}
