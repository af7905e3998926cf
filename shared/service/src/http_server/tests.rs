//! Over real sockets: nobody can hold the server up, and what is in flight when it stops is answered.

use std::net::{Ipv4Addr, SocketAddr};

use axum::routing::get;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;

/// Far longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);
const LIMITS: Limits =
    Limits { connections: 2, header_timeout: LONG, max_connection_age: LONG, drain_timeout: LONG };

/// A server whose `/slow` answers when it is told to.
struct Server {
    address: SocketAddr,
    begun: Arc<Notify>,
    answer: Arc<Notify>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    async fn start(limits: Limits) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (begun, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let slow = {
            let (begun, answer) = (Arc::clone(&begun), Arc::clone(&answer));
            move || async move {
                begun.notify_one();
                answer.notified().await;
                "slow"
            }
        };
        let large = || async { vec![0; 32 * 1024 * 1024] };
        let router = Router::new().route("/", get(|| async { "here" })).route("/slow", get(slow));
        let router = router.route("/large", get(large));
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(listener, router, limits, async move { drop(stopped.await) }));
        Self { address, begun, answer, stop, serving }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

async fn send(stream: &mut TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).await.unwrap();
}

/// Everything up to the end of the connection, which has to come.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let read = timeout(LONG, stream.read_to_end(&mut bytes)).await.expect("the connection is still open");
    // A cut connection may end with a reset.
    drop(read);
    String::from_utf8(bytes).unwrap()
}

const GET: &str = "GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = Server::start(Limits { header_timeout: Duration::from_millis(50), ..LIMITS }).await;
    let mut stream = server.connect().await;
    assert_eq!(rest(&mut stream).await, "");
    let mut stream = server.connect().await;
    send(&mut stream, "GET / HTTP/1.1\r\nhost: he").await;
    let answer = rest(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn who_comes_when_something_is_in_work_at_all_places_waits_for_one() {
    let server = Server::start(LIMITS).await;
    let mut first = server.connect().await;
    let mut second = server.connect().await;
    for stream in [&mut first, &mut second] {
        send(stream, "GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
        server.begun.notified().await;
    }
    let mut third = server.connect().await;
    send(&mut third, GET).await;
    let early = timeout(Duration::from_millis(100), third.read(&mut [0; 512])).await;
    assert!(early.is_err(), "it was served beside the others");
    server.answer.notify_one();
    assert!(rest(&mut third).await.ends_with("here"));
}

#[tokio::test]
async fn connections_that_say_nothing_keep_nobody_out() {
    let server = Server::start(LIMITS).await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        silent.push(server.connect().await);
        let mut half = server.connect().await;
        send(&mut half, "GET / HTTP/1.1\r\nhost: he").await;
        silent.push(half);
        let mut stream = server.connect().await;
        send(&mut stream, GET).await;
        assert!(rest(&mut stream).await.ends_with("here"));
    }
}

#[tokio::test]
async fn who_does_not_read_its_answer_keeps_nobody_out_and_what_is_in_work_is_never_cut() {
    let server = Server::start(LIMITS).await;
    let mut slow = server.connect().await;
    send(&mut slow, "GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
    server.begun.notified().await;
    let mut unread = Vec::new();
    for _ in 0..20 {
        let mut stream = server.connect().await;
        send(&mut stream, "GET /large HTTP/1.1\r\nhost: here\r\n\r\n").await;
        unread.push(stream);
    }
    let mut stream = server.connect().await;
    send(&mut stream, GET).await;
    assert!(rest(&mut stream).await.ends_with("here"));
    server.answer.notify_one();
    let mut answer = [0; 512];
    let read = timeout(LONG, slow.read(&mut answer)).await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&answer[..read]).starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn a_connection_ends_with_its_life() {
    let server = Server::start(Limits { max_connection_age: Duration::from_millis(50), ..LIMITS }).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
    assert_eq!(rest(&mut stream).await, "");
}

#[tokio::test]
async fn a_head_has_a_largest_size_and_http_2_is_not_spoken() {
    let server = Server::start(LIMITS).await;
    let mut stream = server.connect().await;
    let long = "x".repeat(BUFFER_MAX_BYTES);
    send(&mut stream, &format!("GET / HTTP/1.1\r\nhost: here\r\nlong: {long}\r\n\r\n")).await;
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 431 "));
    let mut stream = server.connect().await;
    send(&mut stream, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    let answer = rest(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
}

#[tokio::test]
async fn what_is_in_flight_is_answered_before_it_stops() {
    let server = Server::start(LIMITS).await;
    let mut idle = server.connect().await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
    server.begun.notified().await;
    server.stop.send(()).unwrap();
    // An idle connection is closed at once.
    assert_eq!(rest(&mut idle).await, "");
    assert!(!server.serving.is_finished());
    server.answer.notify_one();
    assert!(rest(&mut stream).await.ends_with("slow"));
    server.serving.await.unwrap();
}

#[tokio::test]
async fn what_takes_too_long_is_cut_when_it_stops() {
    let server = Server::start(Limits { drain_timeout: Duration::from_millis(50), ..LIMITS }).await;
    let mut stream = server.connect().await;
    send(&mut stream, "GET /slow HTTP/1.1\r\nhost: here\r\n\r\n").await;
    server.begun.notified().await;
    server.stop.send(()).unwrap();
    timeout(LONG, server.serving).await.expect("it does not stop").unwrap();
    assert_eq!(rest(&mut stream).await, "");
}
