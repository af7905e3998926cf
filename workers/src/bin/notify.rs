//! `notify`: takes requests in, asks approvers, tells people things.

use std::process::ExitCode;

fn main() -> ExitCode {
    workers::main(domain::QueueName::Notify)
}
