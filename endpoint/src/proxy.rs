//! A small proxy in front of the emulator, so that one service can be taken away from the programs alone.
//!
//! `AWS_ENDPOINT_URL_DYNAMODB` and the like point a program's calls of one service at it.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::emulator::emulator;

/// What of an answer is read at once before it is thrown away.
const CHUNK_BYTES: usize = 16 * 1024;
/// Wait after a connection that could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It goes through.
    Passing,
    /// Its connection is closed at once.
    Refusing,
    /// It is taken and never answered.
    Hanging,
    /// It is done, and its answer is lost.
    LosingAnswers,
}

/// A proxy on a port of its own.
pub struct Proxy {
    url: String,
    mode: watch::Sender<Mode>,
    serving: JoinHandle<()>,
}

impl Proxy {
    /// One that passes everything on to the emulator.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port for a proxy");
        let url = format!("http://{}", listener.local_addr().expect("the proxy's address"));
        let mode = watch::Sender::new(Mode::Passing);
        let serving = tokio::spawn(serve(listener, mode.subscribe()));
        Self { url, mode, serving }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Changes what becomes of calls, those under way included.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(listener: TcpListener, mode: watch::Receiver<Mode>) {
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((client, _)) => drop(connections.spawn(carry(client, mode.clone()))),
            Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// One connection, until it ends or the mode changes.
async fn carry(mut client: TcpStream, mut mode: watch::Receiver<Mode>) {
    let now = *mode.borrow_and_update();
    if matches!(now, Mode::Passing | Mode::LosingAnswers) {
        let upstream = emulator().url().trim_start_matches("http://");
        let Ok(mut server) = TcpStream::connect(upstream).await else { return };
        tokio::select! {
            () = relay(&mut client, &mut server, now) => return,
            _ = mode.changed() => {}
        }
    }
    // Held open without a word, for as long as calls are to hang; then closed.
    while *mode.borrow_and_update() == Mode::Hanging {
        if mode.changed().await.is_err() {
            return;
        }
    }
}

async fn relay(client: &mut TcpStream, server: &mut TcpStream, mode: Mode) {
    if mode == Mode::Passing {
        drop(copy_bidirectional(client, server).await);
        return;
    }
    let (mut calls, _) = client.split();
    let (mut answer, mut onward) = server.split();
    let mut lost = [0; CHUNK_BYTES];
    tokio::select! {
        _ = copy(&mut calls, &mut onward) => drop(onward.shutdown().await),
        _ = answer.read(&mut lost) => {}
    }
}
