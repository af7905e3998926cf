//! The ingress.
