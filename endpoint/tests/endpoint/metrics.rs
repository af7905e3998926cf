//! Metrics of the real programs: served where `METRICS_ADDR` says, counted as things happen, and nowhere else.

use endpoint::catalogue::DANA;
use endpoint::http::{self, Answer};
use endpoint::stage::set;
use endpoint::{PATIENCE, Program, Stage, eventually};
use serde_json::{Value, json};
use testkit::lambda::RuntimeApi;

/// Gives a program a port of its own for its metrics, starts it, and says where they are.
pub(crate) async fn starts_with_metrics(stage: &mut Stage, name: &'static str) -> String {
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
pub(crate) async fn value(base: &str, series: &str) -> Option<f64> {
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

/// Waits until a series has this value or more: a job is counted when it is done, a moment after its record is written.
async fn reaches(base: &str, series: &str, least: f64) {
    eventually(&format!("{series} is {least} or more"), PATIENCE, async || {
        value(base, series).await.filter(|found| *found >= least).map(|_| ())
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
    reaches(&revoke, lag, 1.0).await;
    let lag = r#"keylease_queue_lag_seconds_bucket{worker="revoke",delivery="first",le="5"}"#;
    reaches(&revoke, lag, 1.0).await;

    let asked = r#"keylease_answers_total{route="/workflows/aws-access",status="200"}"#;
    becomes(&ingress, asked, 1.0).await;
    let clicked = r#"keylease_answers_total{route="/slack/interactions",status="200"}"#;
    becomes(&ingress, clicked, 1.0).await;

    let said = stage.close().await;
    assert!(!said.contains(r#""_aws""#), "lines for CloudWatch are for Lambda alone: {said}");
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

#[tokio::test(flavor = "multi_thread")]
async fn on_lambda_the_lines_are_out_before_the_answer_is() {
    let stage = Stage::set(&[]).await;
    let url = stage.cloud.revoke.url.as_str();
    stage.cloud.put(&stage.cloud.revoke, r#"{"version":1,"job":"sweep"}"#).await;
    let sqs = aws_sdk_sqs::Client::new(&stage.cloud.config);
    let received = sqs.receive_message().queue_url(url).wait_time_seconds(5).send().await.unwrap();
    let message = &received.messages()[0];
    let event = json!({"Records": [{
        "messageId": message.message_id(), "receiptHandle": message.receipt_handle(), "body": message.body(),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1700000000000"},
        "messageAttributes": {}, "eventSource": "aws:sqs"
    }]});
    let mut api = RuntimeApi::start(event.to_string()).await.unwrap();
    let mut variables = stage.variables.clone();
    for (name, value) in api.variables() {
        set(&mut variables, name, &value);
    }
    // Lambda does not scrape, so this says nothing to it.
    set(&mut variables, "METRICS_ADDR", "127.0.0.1:1");
    let mut program = Program::start("revoke", &variables);
    let (_, answer) = api.answer(PATIENCE).await.expect("an answer in time");
    assert!(answer.contains(r#""batchItemFailures":[]"#), "{answer}");
    // Frozen for good, at the moment of its answer.
    program.crash();
    let output = program.output();
    let lines: Vec<Value> = output.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let lines: Vec<&Value> = lines.iter().filter(|line| line.get("_aws").is_some()).collect();
    assert_eq!(lines.len(), 2, "the sweep, and the job that asked for it: {output}");
    assert_eq!((&lines[0]["open_grants"], &lines[0]["sweep_failures"]), (&json!(0), &json!(0)));
    assert_eq!((&lines[1]["jobs"], &lines[1]["outcome"]), (&json!(1), &json!("done")));
    assert!(lines[1]["queue_lag_seconds"].as_f64().unwrap() > 0.0);
    for line in lines {
        assert_eq!(line["_aws"]["CloudWatchMetrics"][0]["Namespace"], "Keylease");
    }
}
