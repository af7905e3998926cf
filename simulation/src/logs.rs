//! What the workers log, kept for each history: it goes into the trace, and no secret may be in it.

use std::cell::RefCell;
use std::io::Write;
use std::sync::OnceLock;

use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;

thread_local! {
    /// A history runs on one thread from beginning to end.
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Our own crates, whose logs are kept whole; of the others what production would log at most.
const OWN: [&str; 5] = ["keylease_domain", "keylease_service", "keylease_aws", "keylease_slack", "workers"];

/// Starts to keep log lines, on every thread that runs histories.
pub(crate) fn start() {
    static STARTED: OnceLock<()> = OnceLock::new();
    STARTED.get_or_init(|| {
        let wanted =
            Targets::new().with_default(Level::INFO).with_targets(OWN.map(|own| (own, Level::TRACE)));
        let lines = tracing_subscriber::fmt::layer().without_time().with_ansi(false).with_writer(|| Line);
        let subscriber = tracing_subscriber::registry().with(lines.with_filter(wanted));
        // A test that set its own first keeps it; then nothing is checked here, and the counts of lines say so.
        let _already_set = tracing::subscriber::set_global_default(subscriber);
    });
}

/// The lines since the last call.
pub(crate) fn take() -> Vec<String> {
    let bytes = LINES.with(|lines| std::mem::take(&mut *lines.borrow_mut()));
    String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
}

struct Line;

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        LINES.with(|lines| lines.borrow_mut().extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
