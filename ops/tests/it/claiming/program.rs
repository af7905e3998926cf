//! The program itself, with nothing in its environment but a home: and the command that it writes, as AWS's tools run it.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use super::server::{Answer, Claims};
use super::{Machine, session};
use crate::stage::LIMIT;

const PROGRAM: &str = env!("CARGO_BIN_EXE_keylease");

async fn run(mut command: Command) -> Output {
    command.stdin(Stdio::null());
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

fn alone(program: &str, machine: &Machine, path: &str) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("HOME", &machine.home).env("PATH", path);
    command
}

/// The command in the profile, run as AWS's tools run it: by a shell, in whichever folder.
async fn as_awss_tools(machine: &Machine, path: &str) -> Output {
    let config = machine.read(".aws/config");
    let line = config.lines().find_map(|line| line.strip_prefix("credential_process = ")).unwrap();
    let mut shell = alone("/bin/sh", machine, path);
    shell.args(["-c", line]).current_dir("/");
    run(shell).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_in_the_profile_is_what_a_shell_can_run() {
    let now = service::clock::now().0;
    let folder = Path::new(PROGRAM).parent().unwrap().to_str().unwrap();
    for (path, by_name) in [("/usr/bin:/bin".to_owned(), false), (format!("{folder}:/usr/bin:/bin"), true)] {
        let (machine, claims) =
            (Machine::new(), Claims::start(now, Answer::Credential(session(now + 3_600))).await);
        let mut claim = alone(PROGRAM, &machine, &path);
        claim.args(["claim", &claims.link(), "--profile", "work"]);
        let claimed = run(claim).await;
        assert!(claimed.status.success(), "{claimed:?}");
        assert_eq!(
            machine.read(".aws/config").contains("credential_process = keylease credentials work\n"),
            by_name
        );
        let ran = as_awss_tools(&machine, &path).await;
        let printed: Value =
            serde_json::from_slice(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
        assert_eq!(printed, session(now + 3_600));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signal_ends_the_waiting_and_leaves_nothing() {
    let now = service::clock::now().0;
    let (machine, claims) = (Machine::new(), Claims::start(now, Answer::Waiting).await);
    let mut claim = alone(PROGRAM, &machine, "/usr/bin:/bin");
    claim.args(["claim", &claims.link(), "--json"]).stdin(Stdio::null());
    let running = claim.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let is_looked_for = async {
        while claims.inner().looks == 0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(LIMIT, is_looked_for).await.expect("it looks");
    assert!(Command::new("kill").args(["-INT", &running.id().to_string()]).status().unwrap().success());
    let ended = tokio::task::spawn_blocking(move || running.wait_with_output().unwrap()).await.unwrap();
    assert_eq!((ended.status.code(), ended.stdout.len()), (Some(1), 0), "{ended:?}");
    assert!(String::from_utf8_lossy(&ended.stderr).contains("nothing was claimed on this machine"));
    assert!(machine.files().is_empty());
}
