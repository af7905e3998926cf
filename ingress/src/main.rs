//! `ingress`: verifies a Slack request, puts one job on a queue, acknowledges.

use std::process::ExitCode;

fn main() -> ExitCode {
    ingress::main()
}
