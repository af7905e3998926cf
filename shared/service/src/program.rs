//! What every program does around its work: logging, an async runtime, an exit status, and stopping when told to.

use std::process::ExitCode;

use tracing::{debug, error};

use crate::config::{Logging, process_environment};

/// Any error that ends a program.
pub type Fatal = Box<dyn std::error::Error + Send + Sync>;

/// A program's whole `main`: runs `work` to its end, and says why it could not.
///
/// All of it runs on one thread. The programs wait for others nearly all the time; a second thread would take memory and
/// time to start, and whoever needs more starts another process.
pub fn main<F: Future<Output = Result<(), Fatal>>>(name: &str, work: impl FnOnce() -> F) -> ExitCode {
    let logging = Logging::from_lookup(&process_environment);
    crate::telemetry::start(logging.directives.as_deref(), logging.format);
    debug!(program = name, "logging");
    let outcome = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Fatal::from)
        .and_then(|runtime| runtime.block_on(work()));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => {
            error!(program = name, error = %failed, "cannot go on");
            ExitCode::FAILURE
        }
    }
}

/// Resolves at SIGTERM or SIGINT.
#[cfg(unix)]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Resolves at Ctrl-C. Only the command line is for Windows too, and it shares this crate.
#[cfg(windows)]
pub fn stop_signal() -> std::io::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        let _ = interrupt.recv().await;
    })
}
