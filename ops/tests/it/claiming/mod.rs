//! `keylease claim`, `credentials` and `console` on a machine of their own: a home, no AWS, and a server of claims.

mod at_once;
mod claim;
mod console;
mod credentials;
mod files;
#[cfg(unix)]
mod program;
mod refused;
mod server;
mod whole;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, atomic};
use std::time::Duration;

use aws_config::SdkConfig;
use domain::UnixSeconds;
use ops::{Env, Terminal};
use serde_json::{Value, json};
use service::clock::Clock;
use tokio::sync::watch;

use crate::stage::{Ran, WIDTH, Written};
use server::{Answer, Claims};

/// 2026-11-28 13:00:00 UTC.
const NOW: i64 = 1_795_870_800;

/// Somebody's machine.
struct Machine {
    home: PathBuf,
    variables: BTreeMap<String, String>,
    now: Arc<AtomicI64>,
    /// How long each wait of a command takes, whatever it waits for.
    pace: Duration,
    stop: watch::Sender<u32>,
}

impl Machine {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, atomic::Ordering::Relaxed);
        let home = std::env::temp_dir().join(format!("keylease-claims-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let variables = [("HOME", home.to_str().unwrap()), ("PATH", "/usr/bin:/bin")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self {
            home,
            variables,
            now: Arc::new(AtomicI64::new(NOW)),
            pace: Duration::ZERO,
            stop: watch::channel(0).0,
        }
    }

    async fn keylease(&self, arguments: &[&str]) -> Ran {
        self.watched(arguments, Written::default()).await
    }

    /// The same, with what is written to standard error in a place where a test sees it at once.
    async fn watched(&self, arguments: &[&str], err: Written) -> Ran {
        let out = Written::default();
        let terminal = Terminal::over(out.clone(), err.clone(), Cursor::new(String::new()), WIDTH);
        let variables = self.variables.clone();
        let lookup = move |name: &str| variables.get(name).cloned();
        let (now, pace) = (Arc::clone(&self.now), self.pace);
        let clock = Clock::reading(move || UnixSeconds(now.load(Ordering::Relaxed)))
            .sleeping(move |_| tokio::time::sleep(pace));
        let aws = SdkConfig::builder().build();
        let env = Env::of_a_test(lookup, aws, clock, terminal, self.stop.subscribe());
        let line = std::iter::once("keylease").chain(arguments.iter().copied()).map(Into::into);
        let status = ops::run(line, &env).await;
        Ran { status, out: out.text(), err: err.text() }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.home.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The text of a file; empty where there is none.
    fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Every file below the home, with its text.
    fn files(&self) -> Vec<(PathBuf, String)> {
        fn of(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    of(&path, found);
                } else {
                    found.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let mut found = Vec::new();
        of(&self.home, &mut found);
        found
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.home));
    }
}

/// The permissions of a file or folder.
#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A user's key, which works for two hours.
fn key() -> Value {
    json!({ "Version": 1, "AccessKeyId": "AKIAKEYLEASE", "SecretAccessKey": "key-secret/+",
        "Expiration": UnixSeconds(NOW + 7_200).rfc3339() })
}

/// A session until then.
fn session(until: i64) -> Value {
    json!({ "Version": 1, "AccessKeyId": format!("ASIA{until}"), "SecretAccessKey": format!("session-secret-{until}"),
        "SessionToken": format!("token-{until}=="), "Expiration": UnixSeconds(until).rfc3339() })
}

/// A machine, and a server that hands out this.
async fn with(credential: Value) -> (Machine, Claims) {
    (Machine::new(), Claims::start(NOW, Answer::Credential(credential)).await)
}

/// The same, with it claimed as the profile `work`.
async fn claimed(credential: Value) -> (Machine, Claims) {
    let (machine, claims) = with(credential).await;
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    (machine, claims)
}
