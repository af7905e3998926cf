//! `revoke`: ends access, at its time or early.

use std::process::ExitCode;

fn main() -> ExitCode {
    workers::main(domain::QueueName::Revoke)
}
