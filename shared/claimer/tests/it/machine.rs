//! Somebody's machine: a home, the variables of its shell, and a clock. The tests of the command line have it too.
#![allow(dead_code, reason = "each of the crates that have it uses a part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use domain::UnixSeconds;
use serde_json::{Value, json};
use service::clock::Clock;
use tokio::sync::watch;

/// 2026-11-28 13:00:00 UTC.
pub(crate) const NOW: i64 = 1_795_870_800;

/// Somebody's machine.
pub(crate) struct Machine {
    pub(crate) home: PathBuf,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) now: Arc<AtomicI64>,
    /// How long a wait of a command takes at most.
    pub(crate) wait_max: Duration,
    pub(crate) stop: watch::Sender<u32>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let home = std::env::temp_dir().join(format!("keylease-claims-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&home).unwrap();
        let variables = [("HOME", home.to_str().unwrap()), ("PATH", "/usr/bin:/bin")];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self {
            home,
            variables,
            now: Arc::new(AtomicI64::new(NOW)),
            wait_max: Duration::ZERO,
            stop: watch::channel(0).0,
        }
    }

    /// Its clock, on which no wait is longer than `wait_max`.
    pub(crate) fn clock(&self) -> Clock {
        let (now, wait_max) = (Arc::clone(&self.now), self.wait_max);
        Clock::reading(move || UnixSeconds(now.load(Ordering::Relaxed)))
            .sleeping(move |wait| tokio::time::sleep(wait.min(wait_max)))
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.home.join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// The text of a file; empty where there is none.
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap_or_default()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.now.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Every file below the home, with its text.
    pub(crate) fn files(&self) -> Vec<(PathBuf, String)> {
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
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A user's key, which works for two hours.
pub(crate) fn key() -> Value {
    json!({ "Version": 1, "AccessKeyId": "AKIAKEYLEASE", "SecretAccessKey": "key-secret/+",
        "Expiration": UnixSeconds(NOW + 7_200).rfc3339() })
}

/// A session until then.
pub(crate) fn session(until: i64) -> Value {
    json!({ "Version": 1, "AccessKeyId": format!("ASIA{until}"), "SecretAccessKey": format!("session-secret-{until}"),
        "SessionToken": format!("token-{until}=="), "Expiration": UnixSeconds(until).rfc3339() })
}
