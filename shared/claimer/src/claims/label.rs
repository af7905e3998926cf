//! What Slack calls this machine when it asks whether it is you.

use std::process::Command;

use crate::failure::Failure;
use crate::machine::Machine;
use domain::text::one_line;

/// Longest label, in characters: the ingress refuses a longer one.
const LABEL_MAX_CHARS: usize = 60;
/// Where the host's name is not known.
const NAMELESS: &str = "a machine without a name";

/// The label that was given, or the name of this host.
pub fn label(given: Option<&str>, machine: &dyn Machine) -> Result<String, Failure> {
    let Some(given) = given else {
        let name = host_name(machine).map(|name| one_line(&name).chars().take(LABEL_MAX_CHARS).collect());
        return Ok(name.filter(|name: &String| !name.is_empty()).unwrap_or_else(|| NAMELESS.to_owned()));
    };
    let label = one_line(given);
    if label.is_empty() || label.chars().count() > LABEL_MAX_CHARS {
        let what = format!("a label has 1 to {LABEL_MAX_CHARS} characters");
        return Err(Failure::wrong_usage(what).hint("name this machine, as in --label 'my laptop'"));
    }
    Ok(label)
}

/// Windows has it in a variable, Linux in a file, and others in a program of POSIX.
fn host_name(machine: &dyn Machine) -> Option<String> {
    if cfg!(windows) {
        return machine.variable("COMPUTERNAME");
    }
    let read = std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    read.or_else(|| {
        let named = Command::new("uname").arg("-n").output().ok()?;
        named.status.success().then(|| String::from_utf8_lossy(&named.stdout).into_owned())
    })
}
