//! `cargo xtask`: the one front door for checks. Each command is a file; `test` runs what CI runs.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line speaks on its standard streams"
)]

mod beside;
mod browser;
mod clippy;
mod deny;
mod deployed;
mod doc;
mod endpoint;
mod fmt;
mod instructions;
mod loadtest;
mod mutants;
mod package;
mod process;
mod pulumi;
mod python;
mod setup;
mod simulate;
mod stamp;
mod test;
mod tidy;
mod unit;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

/// One command of the front door.
struct Command {
    name: &'static str,
    about: &'static str,
    /// Takes the arguments that follow the command's name.
    run: fn(&Workspace, &[String]) -> Result<(), String>,
}

const COMMANDS: [Command; 16] = [
    Command { name: "test", about: "everything that CI runs, in order", run: test::run },
    Command {
        name: "setup",
        about: "what the checks need besides Rust, installed where it is missing",
        run: setup::run,
    },
    Command { name: "fmt", about: "the code is formatted", run: fmt::run },
    Command { name: "tidy", about: "the project's own rules on files and names", run: tidy::run },
    Command { name: "clippy", about: "lints, warnings denied", run: clippy::run },
    Command { name: "unit", about: "the Rust tests, offline (arguments go to cargo test)", run: unit::run },
    Command { name: "doc", about: "the documentation builds, warnings denied", run: doc::run },
    Command { name: "pulumi", about: "the deployment program: types, its own tests", run: pulumi::run },
    Command {
        name: "simulate",
        about: "histories full of faults, from seeds (--mutants: the code broken on purpose; other arguments go to simulate)",
        run: simulate::run,
    },
    Command { name: "endpoint", about: "the real programs on an emulated AWS over HTTP", run: endpoint::run },
    Command {
        name: "deployed",
        about: "the declared stack, in an emulated AWS that says no",
        run: deployed::run,
    },
    Command {
        name: "loadtest",
        about: "each load scenario, short, for correctness (arguments: the scenarios to run)",
        run: loadtest::run,
    },
    Command {
        name: "instructions",
        about: "what one acknowledgement takes, counted by valgrind",
        run: instructions::run,
    },
    Command { name: "browser", about: "the sandbox's page, driven in Chromium", run: browser::run },
    Command {
        name: "package",
        about: "the four programs as zips for Lambda, and their sizes ([--program NAME] [--arch ARCH])",
        run: package::run,
    },
    Command { name: "deny", about: "licences, bans and advisories of what is built in", run: deny::run },
];

/// The exit status of a command line that was not understood, as `keylease` has it too.
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print!("{}", help());
        return ExitCode::SUCCESS;
    };
    let Some(command) = command(name) else {
        eprint!("xtask: there is no command `{name}`\n\n{}", help());
        return ExitCode::from(WRONG_USAGE);
    };
    match (command.run)(&Workspace::find(), rest) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}

fn command(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

fn help() -> String {
    let mut text = String::from("cargo xtask COMMAND\n\n");
    for command in &COMMANDS {
        text.push_str(&format!("  {:<13}{}\n", command.name, command.about));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_has_one_line_for_each_command() {
        let text = help();
        for command in &COMMANDS {
            assert_eq!(text.matches(&format!("  {:<13}", command.name)).count(), 1, "{}", command.name);
        }
    }

    #[test]
    fn every_step_of_the_whole_test_is_a_command() {
        assert!(test::step_names().all(|name| command(name).is_some()));
    }

    #[test]
    fn an_unknown_command_is_not_found() {
        assert!(command("tests").is_none());
    }
}
