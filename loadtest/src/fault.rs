//! Why a run could not be made at all.

/// A run that could not be made, with what to do about it in its text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// A program that is measured is not there and could not be built.
    #[error("{0}")]
    Program(String),
    /// A program that is measured did not do what it must.
    #[error(transparent)]
    Unfit(#[from] testkit::program::Unfit),
    /// A socket or a file.
    #[error("{0}: {1}")]
    Io(&'static str, std::io::Error),
    /// The embedded services could not be set up.
    #[error("{0}")]
    Stage(String),
}

impl Fault {
    /// For `map_err` at a socket or file.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::Io(what, error)
    }
}
