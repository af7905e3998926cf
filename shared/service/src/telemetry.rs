//! Logging: who did what to which request, as JSON for machines or as text for people.

use std::io::IsTerminal;

use tracing::Level;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, filter};

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// For a terminal.
    Pretty,
}

impl LogFormat {
    /// JSON, unless a person is watching.
    #[must_use]
    pub fn fitting() -> Self {
        if std::io::stderr().is_terminal() { Self::Pretty } else { Self::Json }
    }
}

/// Our own crates. Others may log what they send and receive below `INFO`, and that may hold a secret.
const OWN_TARGETS: [&str; 9] = [
    "ingress",
    "keylease_aws",
    "keylease_domain",
    "keylease_service",
    "keylease_slack",
    "notify",
    "provision",
    "revoke",
    "workers",
];

/// Starts logging to standard error. `directives` is `RUST_LOG`'s text, levels by target such as `info,ingress=debug`; `info`
/// where it is absent or not understood.
///
/// A program does not start with directives that are not understood (`config`).
///
/// Whatever the directives say, other crates never log below `INFO`. Calling it twice does nothing more.
pub fn start(directives: Option<&str>, format: LogFormat) {
    let (wanted, _) = understood(directives);
    let no_foreign_detail =
        filter::filter_fn(|metadata| *metadata.level() <= Level::INFO || is_own(metadata.target()));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
        LogFormat::Pretty => lines.compact().with_ansi(std::io::stderr().is_terminal()).boxed(),
    };
    let _already_started = tracing_subscriber::registry()
        .with(lines.with_filter(no_foreign_detail).with_filter(wanted))
        .try_init();
}

/// Why directives are not understood, where they are not.
pub(crate) fn directives_fault(directives: &str) -> Option<String> {
    understood(Some(directives)).1
}

/// What is to be logged, and why the directives could not say so where they could not.
fn understood(directives: Option<&str>) -> (Targets, Option<String>) {
    let usual = || Targets::new().with_default(LevelFilter::INFO);
    match directives.map(str::parse::<Targets>) {
        None => (usual(), None),
        Some(Ok(targets)) => (targets, None),
        Some(Err(error)) => (usual(), Some(error.to_string())),
    }
}

fn is_own(target: &str) -> bool {
    let root = target.split("::").next().unwrap_or(target);
    OWN_TARGETS.contains(&root)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_that_are_not_understood_leave_the_usual_level() {
        let (targets, misread) = understood(Some("info,ingress=debug"));
        assert!(misread.is_none());
        assert!(targets.would_enable("ingress::ask", &Level::DEBUG));
        assert!(!targets.would_enable("notify", &Level::DEBUG));
        for directives in [None, Some("ingress=loud")] {
            let (targets, misread) = understood(directives);
            assert_eq!(misread.is_some(), directives.is_some());
            assert!(targets.would_enable("ingress", &Level::INFO));
            assert!(!targets.would_enable("ingress", &Level::DEBUG));
        }
    }

    #[test]
    fn only_our_own_crates_may_go_into_detail() {
        assert!(is_own("workers::consumer"));
        assert!(is_own("ingress"));
        assert!(!is_own("aws_smithy_runtime::client"));
        assert!(!is_own("hyper"));
        assert!(!is_own("workers_of_somebody_else"));
    }
}
