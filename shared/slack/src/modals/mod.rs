//! Forms: one file for each, which writes it and reads what was filled in.

mod about;
mod again;
pub mod approve_shorter;
pub mod deny_reason;
mod describe;
mod durations;
mod element;
pub mod extend;
mod limits;
pub mod request_access;
pub mod review_note;
mod state;
mod suggest;
#[cfg(test)]
mod tests;

pub use about::About;
pub use again::{Refused, again};
pub use limits::{Faults, Limits, errors};
pub use state::{Entered, chosen, metadata};
pub use suggest::suggestions;

/// Most options of a list; longer ones are searched by typing.
pub const OPTIONS_MAX: usize = 100;
/// Longest `private_metadata` of a form, in characters.
pub const METADATA_MAX_CHARS: usize = 3_000;
