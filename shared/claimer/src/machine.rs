//! What is asked of the machine, and told to the person at it. A program hands in its own.

use service::clock::Clock;

use crate::failure::Failure;

/// The machine on which somebody claims.
pub trait Machine: Sync {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;

    /// Reads the time.
    fn clock(&self) -> &Clock;

    /// Tells the person something that ends nothing.
    fn tell(&self, note: Note<'_>);
}

/// What a person is told while their credential goes on to work.
#[derive(Debug, Clone, Copy)]
pub enum Note<'a> {
    /// The machine's clock is wrong, and the server's was used.
    ClockIsWrong,
    /// The credential could not be renewed yet.
    NotRenewedYet(&'a Failure),
}
