//! `instructions`: how many instructions one acknowledgement takes, which another process's work does not blur as it does a time.

use std::fs;
use std::process::Command;

use crate::process::{cargo, find, run as run_process};
use crate::workspace::Workspace;

/// What one acknowledgement took when it was last looked at, in instructions. Change it together with what changes it.
const EXPECTED: u64 = 443_000;
/// So much more is a failure, in percent; hash maps with random keys and other compilers make about one.
const TOLERANCE_PERCENT: u64 = 5;
/// Acknowledgements of the two runs; their difference leaves out the start.
const FEW: u64 = 100;
const MANY: u64 = 600;

/// Takes no arguments.
pub(crate) fn run(workspace: &Workspace, _arguments: &[String]) -> Result<(), String> {
    let valgrind = find(&["valgrind"])
        .ok_or("valgrind is not installed; `apt-get install valgrind` or its like brings it")?;
    run_process(&mut cargo(workspace, &["build", "--release", "--locked", "--package", "instructions"]))?;
    let count = |acks: u64| {
        let counted = workspace.target().join(format!("callgrind.{acks}"));
        let mut program = Command::new(&valgrind);
        program
            .args(["--tool=callgrind", "--quiet"])
            .arg(format!("--callgrind-out-file={}", counted.display()))
            .arg(format!("--log-file={}.log", counted.display()))
            .arg(workspace.target().join("release/instructions"))
            .arg(acks.to_string())
            // A log line for each acknowledgement.
            .stderr(std::process::Stdio::null());
        run_process(&mut program)?;
        let text = fs::read_to_string(&counted).map_err(|e| format!("{}: {e}", counted.display()))?;
        total(&text).ok_or_else(|| format!("{}: has no line `summary:`", counted.display()))
    };
    let each = count(MANY)?.saturating_sub(count(FEW)?) / (MANY - FEW);
    println!("instructions: {each} for one acknowledgement; {EXPECTED} expected");
    judge(each)
}

/// The instructions in callgrind's output.
fn total(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("summary:"))?.trim().parse().ok()
}

fn judge(each: u64) -> Result<(), String> {
    let most = EXPECTED + EXPECTED * TOLERANCE_PERCENT / 100;
    if each > most {
        return Err(format!(
            "an acknowledgement takes {each} instructions, and {most} at most are allowed; find out why, or raise EXPECTED \
             in xtask/src/instructions.rs"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_read() {
        assert_eq!(total("events: Ir\nsummary: 46093574\n\ntotals: 1\n"), Some(46_093_574));
        assert_eq!(total("events: Ir\n"), None);
    }

    #[test]
    fn more_than_the_tolerance_fails() {
        assert_eq!(judge(EXPECTED + EXPECTED / 25), Ok(()));
        assert!(judge(EXPECTED + EXPECTED / 15).is_err());
    }
}
