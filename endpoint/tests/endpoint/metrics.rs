//! Metrics of the real programs: served where `METRICS_ADDR` says, counted as things happen, and nowhere else.

use endpoint::catalogue::DANA;
use endpoint::http::{self, Answer};
use endpoint::stage::set;
use endpoint::{PATIENCE, Program, Stage, eventually};

/// Gives a program a port of its own for its metrics, starts it, and says where they are.
async fn starts_with_metrics(stage: &mut Stage, name: &'static str) -> String {
    let address = format!("127.0.0.1:{}", endpoint::free_port());
    set(&mut stage.variables, "METRICS_ADDR", &address);
    stage.start(name);
    set(&mut stage.variables, "METRICS_ADDR", "");
    eventually("the metrics are served", PATIENCE, async || {
        tokio::net::TcpStream::connect(&address).await.ok()
    })
    .await;
    format!("http://{address}")
}

/// The value of a series, by its name and labels; nothing where it is absent.
async fn value(base: &str, series: &str) -> Option<f64> {
    let Answer { status, body } = http::get(base, "/metrics").await;
    assert_eq!(status, 200);
    // The body comes whole or in chunks; either way a series is a line.
    let line = body.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.map(|value| value.parse().expect("a number"))
}

/// Waits until a series has this value.
async fn becomes(base: &str, series: &str, wanted: f64) {
    eventually(&format!("{series} is {wanted}"), PATIENCE, async || {
        let found = value(base, series).await?;
        ((found - wanted).abs() < f64::EPSILON).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_programs_serve_what_they_count() {
    let mut stage = Stage::set(&[]).await;
    let ingress = starts_with_metrics(&mut stage, "ingress").await;
    stage.ingress_serves().await;
    stage.start("notify");
    stage.start("provision");
    let revoke = starts_with_metrics(&mut stage, "revoke").await;

    let parked = r#"keylease_jobs_total{worker="revoke",job_name="revoke",outcome="parked"}"#;
    becomes(&revoke, parked, 0.0).await;
    for path in ["/", "/healthz", "/metrics/more"] {
        assert_eq!(http::get(&revoke, path).await.status, 404, "{path}");
    }

    let live = stage.live(DANA, "payments", "ReadOnly", "10s").await;
    let gone = stage.request_is_gone(&live.id, PATIENCE).await;
    becomes(&revoke, r#"keylease_clean_up_lateness_seconds_count{end="due"}"#, 1.0).await;
    let late = gone["gone_at"].as_i64().unwrap() - gone["expires_at"].as_i64().unwrap();
    let sum = value(&revoke, r#"keylease_clean_up_lateness_seconds_sum{end="due"}"#).await.unwrap();
    assert!((sum - f64::from(i32::try_from(late).unwrap())).abs() < f64::EPSILON, "{sum} is not {late}");
    becomes(&revoke, r#"keylease_requests_total{status="EXPIRED"}"#, 1.0).await;
    let lag = r#"keylease_queue_lag_seconds_count{worker="revoke",delivery="first"}"#;
    assert!(value(&revoke, lag).await.is_some_and(|count| count >= 1.0), "SQS says when a message was sent");
    let lag = r#"keylease_queue_lag_seconds_bucket{worker="revoke",delivery="first",le="5"}"#;
    assert!(value(&revoke, lag).await.is_some_and(|count| count >= 1.0), "a delay is no lag");

    let asked = r#"keylease_answers_total{route="/workflows/aws-access",status="200"}"#;
    becomes(&ingress, asked, 1.0).await;
    let clicked = r#"keylease_answers_total{route="/slack/interactions",status="200"}"#;
    becomes(&ingress, clicked, 1.0).await;

    let said = stage.close().await;
    assert!(!said.contains("_aws"), "lines for CloudWatch are for Lambda alone: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_stops_the_program_and_names_the_variable() {
    let stage = Stage::set(&[]).await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut variables = stage.variables.clone();
    set(&mut variables, "METRICS_ADDR", &address);
    for name in ["ingress", "revoke"] {
        let mut program = Program::start(name, &variables);
        let status = program.ended().await;
        let output = program.output();
        assert!(!status.success(), "{name} ended with {status}: {output}");
        let told = format!("METRICS_ADDR: cannot listen on {address}");
        assert!(output.contains(&told) && !output.contains("panicked"), "{name}: {output}");
    }
}
