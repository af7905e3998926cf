//! The four programs, killed at random moments and started again at once, as a supervisor would.

use std::fs;
use std::iter::repeat_n;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fastrand::Rng;

use crate::program::{Program, Variables};
use crate::settings;
use crate::stage::PROGRAMS;

/// Between two kills, in milliseconds.
const PAUSE_MILLIS: std::ops::Range<u64> = 100..900;
/// Of ten kills, so many meet each program: most where a crash in the middle of a job could do most harm.
const SHARES: [(&str, usize); 4] = [("ingress", 1), ("notify", 2), ("provision", 4), ("revoke", 3)];

/// The programs, each running.
pub struct Fleet {
    variables: Variables,
    running: Vec<(&'static str, Program)>,
    /// What the killed ones said, in the order of their ends.
    said: String,
    seed: u64,
}

impl Fleet {
    /// Starts all four. The seed names the run when it fails.
    pub fn start(variables: &Variables, seed: u64) -> Self {
        let running = PROGRAMS.into_iter().map(|name| (name, Program::start(name, variables))).collect();
        Self { variables: variables.clone(), running, said: String::new(), seed }
    }

    /// Kills one program after the other for so long; gives how often each was killed.
    pub async fn kill_at_random(&mut self, during: Duration) -> Vec<(&'static str, u32)> {
        let mut random = Rng::with_seed(self.seed);
        let mut kills: Vec<_> = PROGRAMS.into_iter().map(|name| (name, 0)).collect();
        let drawn: Vec<&str> = SHARES.into_iter().flat_map(|(name, share)| repeat_n(name, share)).collect();
        let start = Instant::now();
        while start.elapsed() < during {
            tokio::time::sleep(Duration::from_millis(random.u64(PAUSE_MILLIS))).await;
            let name = *random.choice(&drawn).expect("a program");
            let index =
                self.running.iter().position(|(running, _)| *running == name).expect("a program that runs");
            self.kill(index);
            kills[index].1 += 1;
        }
        kills
    }

    /// Stops every program as an operator would.
    pub async fn close(mut self) {
        for (_, program) in &mut self.running {
            program.stop().await;
        }
    }

    fn kill(&mut self, index: usize) {
        let (name, program) = &mut self.running[index];
        program.crash();
        self.said.push_str(&format!("--- {name}, until it was killed:\n{}", program.output()));
        *program = Program::start(name, &self.variables);
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        if std::thread::panicking() {
            report(self.seed, &self.said);
        }
    }
}

#[expect(clippy::print_stderr, reason = "how to see the same again is shown with the test that failed")]
fn report(seed: u64, said: &str) {
    let log: PathBuf = settings::programs().join("endpoint-logs").join(format!("killed-{seed}.log"));
    let kept = fs::write(&log, said).map(|()| log.display().to_string());
    eprintln!("--- the kills came from KEYLEASE_KILL_SEED={seed}; what the killed programs said: {kept:?}");
}
