//! `instructions`: how many instructions one acknowledgement takes, which another process's work does not blur as it does a time.

use std::fs;
use std::process::Command;

use crate::process::{cargo, find, run as run_process};
use crate::workspace::{CHECKS, Workspace};

/// A way to build what is counted.
struct Build {
    /// One of `Cargo.toml`; its folder in the target folder has the same name.
    profile: &'static str,
    packages: &'static [&'static str],
    /// What one acknowledgement took when it was last looked at, in instructions. Change it together with what changes it.
    expected: u64,
}

/// As the checks build everything; with the sandbox, for then its features make the build the one that is there already.
const CHECKED: Build = Build { profile: CHECKS, packages: &["instructions", "sandbox"], expected: 668_000 };
/// As it is shipped, which is the figure that `docs/performance.md` has.
const SHIPPED: Build = Build { profile: "lambda-ingress", packages: &["instructions"], expected: 580_000 };

/// So much more is a failure, in percent; hash maps with random keys and other compilers make about one.
const TOLERANCE_PERCENT: u64 = 5;
/// Acknowledgements of the two runs; their difference leaves out the start.
const FEW: u64 = 100;
const MANY: u64 = 600;

/// Counts what the checks build; with `--shipped`, what is shipped.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let build = match arguments {
        [] => CHECKED,
        [only] if only == "--shipped" => SHIPPED,
        _ => return Err("`instructions` takes no argument but --shipped".to_owned()),
    };
    let valgrind = find(&["valgrind"])
        .ok_or("valgrind is not installed; `apt-get install valgrind` or its like brings it")?;
    let arguments = ["build", "--locked", "--profile", build.profile];
    let packages = build.packages.iter().flat_map(|package| ["--package", package]);
    run_process(cargo(workspace, &arguments).args(packages))?;
    let count = |acks: u64| {
        let counted = workspace.target().join(format!("callgrind.{acks}"));
        let mut program = Command::new(&valgrind);
        program
            .args(["--tool=callgrind", "--quiet"])
            .arg(format!("--callgrind-out-file={}", counted.display()))
            .arg(format!("--log-file={}.log", counted.display()))
            .arg(workspace.target().join(build.profile).join("instructions"))
            .arg(acks.to_string())
            // A log line for each acknowledgement.
            .stderr(std::process::Stdio::null());
        run_process(&mut program)?;
        let text = fs::read_to_string(&counted).map_err(|e| format!("{}: {e}", counted.display()))?;
        total(&text).ok_or_else(|| format!("{}: has no line `summary:`", counted.display()))
    };
    let each = count(MANY)?.saturating_sub(count(FEW)?) / (MANY - FEW);
    println!("instructions: {each} for one acknowledgement; {} expected", build.expected);
    judge(each, build.expected)
}

/// The instructions in callgrind's output.
fn total(text: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix("summary:"))?.trim().parse().ok()
}

fn judge(each: u64, expected: u64) -> Result<(), String> {
    let most = expected + expected * TOLERANCE_PERCENT / 100;
    if each > most {
        return Err(format!(
            "an acknowledgement takes {each} instructions, and {most} at most are allowed; find out why, or raise what is \
             expected in xtask/src/instructions.rs"
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
        assert_eq!(judge(1_040, 1_000), Ok(()));
        assert!(judge(1_060, 1_000).is_err());
    }
}
