//! The table of claims: what machines ask for, and what is sealed to them. The ingress reads it here; who makes credentials
//! writes it by `dynamodb::ClaimStore`.

mod item;
mod reader;

pub use item::{ClaimItem, DeliveryItem, DeliveryState, EXPIRY_ATTRIBUTE};
pub use reader::{ClaimReader, Unread};
