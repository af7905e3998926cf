//! `sandbox`: the whole system in one process, and a web page to look at it.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use sandbox::web;
use service::config::process_environment;
use service::telemetry::{self, LogFormat};
use testkit::system::System;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Keylease in one process, with an AWS, a Slack and a mailbox of its own, all in memory.
///
/// Open the page that it prints, ask for access as a developer, approve it as the owner, read the mail, use the key,
/// and watch it end.
#[derive(Debug, Parser)]
#[command(name = "sandbox", version)]
struct Options {
    /// The page's port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

/// What is logged when nothing else is asked for: only what a person should look at.
const DEFAULT_LOG: &str = "warn";

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let directives = process_environment("RUST_LOG").unwrap_or_else(|| DEFAULT_LOG.to_owned());
    telemetry::start(Some(&directives), LogFormat::fitting());
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            complain(&problem);
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<(), String> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let listener = TcpListener::bind(address).await.map_err(|error| port_problem(&error, options.port))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let mut terminate = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let system = System::start().await.map_err(|error| error.to_string())?;
    greet(address);

    let page = Arc::clone(&system);
    let told = {
        let system = Arc::clone(&system);
        async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            system.stop().await;
        }
    };
    web::serve(page, listener, told).await.map_err(|error| error.to_string())
}

fn port_problem(error: &std::io::Error, port: u16) -> String {
    match error.kind() {
        ErrorKind::AddrInUse => format!(
            "Port {port} is in use, perhaps by another sandbox.\n\
             Choose another one, for example: cargo run -p sandbox -- --port {}",
            port.checked_add(1).unwrap_or(3001)
        ),
        _ => format!("Port {port} could not be opened: {error}"),
    }
}

#[expect(clippy::print_stdout, reason = "says where the page is and what to do there")]
fn greet(address: SocketAddr) {
    println!("Keylease sandbox: http://{address}");
    println!();
    println!("Open it, ask for access as Dana, and approve it as Olivia.");
    println!("Then read the mail, use the key, and watch it end.");
    println!();
    println!("Everything is in memory: nothing reaches AWS or Slack, and restarting starts afresh.");
    println!("Ctrl+C stops it.");
}

#[expect(clippy::print_stderr, reason = "says why the program cannot start")]
fn complain(problem: &str) {
    eprintln!("{problem}");
}
