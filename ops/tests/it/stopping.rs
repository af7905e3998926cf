//! Ctrl-C ends a command that waits for an answer, and nothing is done.

use std::io::{BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use ops::{Env, Terminal};
use serde_json::json;

use crate::grants_list::{NOW, record, with};
use crate::stage::{Stage, Written};

/// Far above what anything here takes.
const LIMIT: Duration = Duration::from_secs(30);

/// Somebody who never answers, for as long as the sender is there.
struct Silent(std::sync::mpsc::Receiver<()>);

impl Read for Silent {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        let _gone = self.0.recv();
        Ok(0)
    }
}

#[tokio::test]
async fn a_question_that_nobody_answers_ends_with_the_signal() {
    let stage = Stage::new().await;
    let live = with(record("a-0", "ACTIVE", "U0DANA", NOW - 60), json!({ "expires_at": NOW + 1_800 }));
    stage.put_request(&live).await;
    let (keep, answers) = std::sync::mpsc::channel();
    let (out, err) = (Written::default(), Written::default());
    let terminal = Terminal::over(out, err.clone(), BufReader::new(Silent(answers)), 100);
    let variables = stage.variables.clone();
    let lookup = move |name: &str| variables.get(name).cloned();
    let stop = stage.stop.subscribe();
    let env = Env::of_a_test(lookup, stage.aws.sdk_config(), stage.clock.clone(), terminal, stop);
    let line = ["keylease", "grants", "revoke", "a-0"].map(Into::into);
    let interrupt = async {
        err.after("Type yes or no").await;
        stage.stop.send_replace(1);
    };
    let (status, ()) = tokio::join!(ops::run(line, &env), interrupt);
    assert_eq!(status, 1);
    assert!(err.text().contains("aborted: nothing was done"), "{}", err.text());
    assert!(stage.aws.queue("keylease-revoke").unwrap().messages.is_empty());
    drop(keep);
}

/// The program itself, at a question, with a real signal.
#[tokio::test(flavor = "multi_thread")]
async fn the_program_ends_at_a_signal_while_it_asks() {
    let stage = Stage::new().await;
    let live = with(record("a-0", "ACTIVE", "U0DANA", NOW - 60), json!({ "expires_at": NOW + 1_800 }));
    stage.put_request(&live).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let variables = stage.aws.variables_at(listener.local_addr().unwrap());
    let serving = tokio::spawn(std::sync::Arc::clone(&stage.aws).serve(listener));
    let ended = tokio::task::spawn_blocking(move || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_keylease"))
            .args(["grants", "revoke", "a-0"])
            .env_clear()
            .envs(variables)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = String::new();
        let mut err = program.stderr.take().unwrap();
        let mut piece = [0; 4_096];
        while !said.contains("Type yes or no") {
            let bytes = err.read(&mut piece).unwrap();
            assert!(bytes > 0, "it ended before it asked: {said}");
            said.push_str(&String::from_utf8_lossy(&piece[..bytes]));
        }
        // A shell that hangs on to the terminal: its input stays open.
        let mut input = program.stdin.take().unwrap();
        input.write_all(b"what?\n").unwrap();
        let signalled = Command::new("kill").args(["-INT", &program.id().to_string()]).status().unwrap();
        assert!(signalled.success());
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = program.try_wait().unwrap() {
                break status;
            }
            if begun.elapsed() > LIMIT {
                program.kill().unwrap();
                panic!("it does not end: {said}");
            }
            std::thread::yield_now();
        };
        drop(err.read_to_string(&mut said));
        drop(input);
        (status.code(), said)
    });
    let (code, said) = ended.await.unwrap();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("aborted: nothing was done"), "{said}");
    assert!(stage.aws.queue("keylease-revoke").unwrap().messages.is_empty());
    serving.abort();
}
