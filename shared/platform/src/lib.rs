//! The edges of the system.
