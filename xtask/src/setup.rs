//! `setup`: what the checks need besides Rust, and how it gets onto this machine. `test` begins with it.
//!
//! Debian and Ubuntu: it says what it installs, and installs it as root or by sudo. Elsewhere it says what to install.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use crate::process::{find, run as run_process, succeeds};
use crate::workspace::Workspace;

/// Something that a step needs.
struct Need {
    what: &'static str,
    /// The packages of Debian and Ubuntu.
    debian: &'static [&'static str],
    /// How it comes onto a Mac.
    mac: &'static str,
    is_there: fn() -> bool,
}

const NEEDS: [Need; 6] = [
    Need {
        what: "git",
        debian: &["git", "ca-certificates"],
        mac: "brew install git",
        is_there: || has("git"),
    },
    Need {
        what: "Python 3 with venv (endpoint, deployed)",
        debian: &["python3", "python3-venv"],
        mac: "brew install python",
        is_there: || succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"])),
    },
    Need {
        what: "Node.js (pulumi, browser)",
        debian: &["nodejs"],
        mac: "brew install node",
        is_there: || has("node"),
    },
    Need {
        what: "npm (pulumi, browser)",
        debian: &["npm"],
        mac: "brew install node",
        is_there: || has("npm"),
    },
    Need {
        what: "Valgrind (instructions)",
        debian: &["valgrind"],
        mac: "no Valgrind for current Macs: run the other steps one by one",
        is_there: || has("valgrind"),
    },
    Need {
        what: "Chromium (browser)",
        debian: &["chromium", "fonts-liberation"],
        mac: "brew install --cask chromium",
        is_there: || crate::browser::chromium().is_some(),
    },
];

/// Who may install on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Installer {
    Root,
    Sudo,
    /// There is apt, and nobody who may use it.
    Nobody,
    Mac,
    Unknown,
}

/// What is to be done about what is missing.
#[derive(Debug, PartialEq, Eq)]
enum Plan {
    /// These commands, one after the other.
    Run(Vec<Vec<String>>),
    /// A person has to do something, and this says what.
    Ask(String),
}

pub(crate) fn run(_: &Workspace, _: &[String]) -> Result<(), String> {
    let missing: Vec<&Need> = NEEDS.iter().filter(|need| !(need.is_there)()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|need| need.what).collect();
    println!("missing: {}", names.join("; "));
    match plan(&missing, installer()) {
        Plan::Ask(what) => Err(what),
        Plan::Run(commands) => {
            let retry = format!("; to install by hand: {}", paste(&missing));
            for words in commands {
                let Some((program, arguments)) = words.split_first() else { continue };
                // Debian's installer asks questions otherwise.
                let mut command = Command::new(program);
                command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
                run_process(&mut command).map_err(|why| format!("{why}{retry}"))?;
            }
            match missing.iter().find(|need| !(need.is_there)()) {
                None => Ok(()),
                Some(need) => {
                    Err(format!("{} was installed and is not found; install it by hand", need.what))
                }
            }
        }
    }
}

fn installer() -> Installer {
    if cfg!(target_os = "macos") {
        return Installer::Mac;
    }
    match (has("apt-get"), is_root(), has("sudo")) {
        (false, ..) => Installer::Unknown,
        (true, true, _) => Installer::Root,
        (true, false, true) => Installer::Sudo,
        (true, false, false) => Installer::Nobody,
    }
}

fn plan(missing: &[&Need], installer: Installer) -> Plan {
    match installer {
        Installer::Root => Plan::Run(apt(missing, &[])),
        // Sudo hands on no environment.
        Installer::Sudo => Plan::Run(apt(missing, &["sudo", "env", "DEBIAN_FRONTEND=noninteractive"])),
        Installer::Nobody => Plan::Ask(format!("as root, run: {}", paste(missing))),
        Installer::Mac => {
            let mut text = String::from("install what is missing, and run this again:");
            for need in missing {
                let _never_fails = write!(text, "\n  {}: {}", need.what, need.mac);
            }
            Plan::Ask(text)
        }
        Installer::Unknown => {
            let names: Vec<&str> = missing.iter().map(|need| need.what).collect();
            Plan::Ask(format!("install this with your system's packages: {}", names.join("; ")))
        }
    }
}

/// The commands that install, each after `prefix`.
fn apt(missing: &[&Need], prefix: &[&str]) -> Vec<Vec<String>> {
    let update = vec!["apt-get", "update", "-qq"];
    let install = ["apt-get", "install", "-qq", "-y", "--no-install-recommends"];
    let packages = missing.iter().flat_map(|need| need.debian);
    let install = install.iter().chain(packages).copied().collect();
    let words = |command: Vec<&str>| prefix.iter().copied().chain(command).map(str::to_owned).collect();
    [update, install].into_iter().map(words).collect()
}

/// One line for a shell.
fn paste(missing: &[&Need]) -> String {
    apt(missing, &[]).iter().map(|words| words.join(" ")).collect::<Vec<_>>().join(" && ")
}

fn has(program: &str) -> bool {
    find(&[program]).is_some()
}

/// The owner of a process's own folder under /proc is who runs it.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(Path::new("/proc/self")).is_ok_and(|folder| folder.uid() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(wanted: &[&str], installer: Installer) -> Plan {
        let missing: Vec<&Need> =
            NEEDS.iter().filter(|need| wanted.iter().any(|start| need.what.starts_with(start))).collect();
        assert_eq!(missing.len(), wanted.len());
        plan(&missing, installer)
    }

    fn commands(plan: Plan) -> Vec<String> {
        match plan {
            Plan::Run(commands) => commands.iter().map(|words| words.join(" ")).collect(),
            Plan::Ask(what) => panic!("asked: {what}"),
        }
    }

    #[test]
    fn root_installs_and_others_by_sudo() {
        let update = "apt-get update -qq";
        let install = "apt-get install -qq -y --no-install-recommends valgrind chromium fonts-liberation";
        let wanted = ["Valgrind", "Chromium"];
        assert_eq!(commands(planned(&wanted, Installer::Root)), [update, install]);
        let by_sudo = [update, install].map(|line| format!("sudo env DEBIAN_FRONTEND=noninteractive {line}"));
        assert_eq!(commands(planned(&wanted, Installer::Sudo)), by_sudo);
    }

    #[test]
    fn who_may_not_install_gets_one_line_to_paste() {
        let line = "as root, run: apt-get update -qq && apt-get install -qq -y --no-install-recommends python3 python3-venv";
        assert_eq!(planned(&["Python 3"], Installer::Nobody), Plan::Ask(line.to_owned()));
    }

    #[test]
    fn a_mac_and_an_unknown_system_are_told_what_is_missing() {
        let Plan::Ask(mac) = planned(&["Node.js", "Chromium"], Installer::Mac) else {
            panic!("nothing is run")
        };
        assert!(mac.contains("Node.js (pulumi, browser): brew install node"), "{mac}");
        assert!(mac.ends_with("Chromium (browser): brew install --cask chromium"), "{mac}");
        let Plan::Ask(unknown) = planned(&["Python 3", "npm"], Installer::Unknown) else {
            panic!("nothing is run")
        };
        assert!(
            unknown.contains("Python 3 with venv (endpoint, deployed); npm (pulumi, browser)"),
            "{unknown}"
        );
    }
}
