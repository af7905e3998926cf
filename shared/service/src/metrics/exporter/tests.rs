//! Over a real socket: one path, and nobody can hold it up.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use super::*;
use crate::metrics::{Amount, Metric};

const HERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// One request as it stands, and the whole answer.
async fn exchange(address: SocketAddr, request: &'static str) -> String {
    let exchange = move || {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map(|_| answer)
    };
    tokio::task::spawn_blocking(exchange).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_scrape_gets_the_text_and_the_connection_is_closed() {
    let exporter = Exporter::bind(HERE).await.unwrap();
    let (address, metrics) = (exporter.address(), Metrics::of("revoke"));
    let _serving = exporter.serve(metrics.clone());
    metrics.record(&[], &[(Metric::OpenGrants, Amount::Count(3))]);
    let answer = exchange(address, "GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("content-type: text/plain; version=0.0.4; charset=utf-8\r\n"), "{answer}");
    assert!(answer.contains("\nkeylease_open_grants 3\n"), "{answer}");
    for request in
        ["GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n", "GET /metrics/x HTTP/1.0\r\n\r\n"]
    {
        let answer = exchange(address, request).await;
        assert!(answer.contains(" 404 Not Found\r\n"), "{answer}");
    }
    let posted = exchange(address, "POST /metrics HTTP/1.0\r\n\r\n").await;
    assert!(posted.contains(" 405 Method Not Allowed\r\n"), "{posted}");
}

#[tokio::test]
async fn connections_that_say_nothing_do_not_keep_a_scraper_out_for_long() {
    let exporter = Exporter::bind(HERE).await.unwrap();
    let address = exporter.address();
    let _serving = exporter.serve(Metrics::of("revoke"));
    let silent: Vec<TcpStream> =
        (0..LIMITS.connections).map(|_| TcpStream::connect(address).unwrap()).collect();
    let answer = exchange(address, "GET /metrics HTTP/1.0\r\n\r\n").await;
    assert!(answer.contains(" 200 OK\r\n"), "{answer}");
    drop(silent);
}

#[tokio::test]
async fn a_port_in_use_names_the_variable() {
    let taken = Exporter::bind(HERE).await.unwrap();
    let error = Exporter::bind(taken.address()).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("METRICS_ADDR: cannot listen on {}: ", taken.address())), "{error}");
    assert!(error.ends_with("; give each program a port of its own"), "{error}");
}
