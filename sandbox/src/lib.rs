//! The page of the whole system in one process: Slack as its people see it, the mailbox, and what lives behind the scenes.

pub mod web;
