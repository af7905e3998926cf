//! `provision`: decides to approve, makes credentials, emails them.

use std::process::ExitCode;

fn main() -> ExitCode {
    workers::main(domain::QueueName::Provision)
}
