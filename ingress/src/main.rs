//! The ingress.
fn main() {}
