//! A part of what is shown, which is read on its own.

use serde::Serialize;

use crate::terminal::Terminal;

/// Something that was looked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part<T> {
    Found(T),
    Unreadable(String),
}

impl<T> Part<T> {
    pub(super) fn of(read: Result<T, impl std::fmt::Display>) -> Self {
        read.map_or_else(|error| Self::Unreadable(error.to_string()), Self::Found)
    }

    pub(super) fn found(&self) -> Option<&T> {
        if let Self::Found(found) = self { Some(found) } else { None }
    }

    /// Its lines, or why there are none.
    pub(super) fn lines(&self, terminal: &Terminal, lines: impl FnOnce(&T) -> Vec<String>) -> Vec<String> {
        match self {
            Self::Found(found) => lines(found),
            Self::Unreadable(why) => vec![format!("{} {why}", terminal.red("cannot be read:"))],
        }
    }
}
