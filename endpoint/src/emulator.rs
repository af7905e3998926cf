//! One emulator for all tests of a run, on a free port.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use crate::settings;

const START_WITHIN: Duration = Duration::from_mins(1);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Below the ports that the system hands out to outgoing connections, so that none of those takes one first.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// The emulator ends with its standard input, which ends with the tests, however they end.
const UNTIL_INPUT_ENDS: &str = r#""$0" "$@" & child=$!; read -r _; kill "$child"; wait "$child""#;

pub(crate) struct Emulator {
    port: u16,
    url: String,
    log: PathBuf,
    _process: Child,
}

/// The emulator, started by whoever asks first.
pub(crate) fn emulator() -> &'static Emulator {
    static EMULATOR: OnceLock<Emulator> = OnceLock::new();
    EMULATOR.get_or_init(Emulator::start)
}

/// A port on the loopback that nothing listens on.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let spread = u16::try_from(std::process::id() % 10_000).unwrap_or(0);
    for _ in PORTS {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let port = PORTS.start + (spread.wrapping_add(step)) % (PORTS.end - PORTS.start);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("no free port from {} to {}", PORTS.start, PORTS.end);
}

impl Emulator {
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where its output is, to be named when something that it should have done did not happen.
    pub(crate) fn log(&self) -> &PathBuf {
        &self.log
    }

    fn start() -> Self {
        Self::run("ministack", &[settings::emulator_program()], &[])
    }

    /// Starts what this command line says, which is an emulator, with these variables besides.
    pub(crate) fn run(name: &str, line: &[PathBuf], variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let log = settings::logs().join(format!("{name}.log"));
        let output = File::create(&log).expect("a log file");
        let process = Command::new("sh")
            .args(["-c", UNTIL_INPUT_ENDS])
            .args(line)
            .env("GATEWAY_PORT", port.to_string())
            .env("MOTO_PORT", port.to_string())
            .env("BIND_HOST", "127.0.0.1")
            .env("MINISTACK_HOST", "127.0.0.1")
            .env("AUTH", "true")
            .env_remove("AWS_ACCESS_KEY_ID")
            .env_remove("AWS_SECRET_ACCESS_KEY")
            .env_remove("AWS_SESSION_TOKEN")
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(output.try_clone().expect("a second handle on the log"))
            .stderr(output)
            .spawn()
            .expect("a shell to start the emulator with");
        let emulator = Self { port, url: format!("http://127.0.0.1:{port}"), log, _process: process };
        emulator.await_start();
        emulator
    }

    fn await_start(&self) {
        let start = Instant::now();
        while TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], self.port))).is_err() {
            let waited = start.elapsed() < START_WITHIN;
            assert!(waited, "the emulator did not start; its output is in {}", self.log.display());
            std::thread::sleep(LOOK_EVERY);
        }
    }
}
