//! What Prometheus sees, and that one recording goes both ways.

use std::sync::Mutex;

use serde_json::Value;

use super::Amount::{Count, Seconds};
use super::*;

/// Everything but the explanations, in an order that does not change.
fn samples(metrics: &Metrics) -> String {
    let text = metrics.text();
    let mut lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.sort_unstable();
    lines.join("\n")
}

#[test]
fn prometheus_sees_each_series_with_its_labels() {
    let metrics = Metrics::of("revoke");
    let job = |outcome| [(Label::JobName, "sweep"), (Label::Outcome, outcome)];
    metrics.init_series(Metric::Jobs, &job("parked"));
    metrics.record(&job("done"), &[(Metric::Jobs, Count(1)), (Metric::OpenGrants, Count(12))]);
    metrics.record(&job("done"), &[(Metric::Jobs, Count(2)), (Metric::OpenGrants, Count(3))]);
    let route = [(Label::Route, "/slack/commands"), (Label::Status, "200")];
    metrics.record(&route, &[(Metric::AckDuration, Seconds(0.3))]);
    metrics.record(&route, &[(Metric::AckDuration, Seconds(2.75))]);
    insta::assert_snapshot!(samples(&metrics), @r#"
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="+Inf"} 2
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="0.005"} 0
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="0.01"} 0
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="0.025"} 0
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="0.05"} 0
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="0.1"} 0
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="0.25"} 0
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="0.5"} 1
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="1"} 1
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="1.5"} 1
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="2"} 1
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="2.5"} 1
    keylease_ack_duration_seconds_bucket{route="/slack/commands",status="200",le="3"} 2
    keylease_ack_duration_seconds_count{route="/slack/commands",status="200"} 2
    keylease_ack_duration_seconds_sum{route="/slack/commands",status="200"} 3.05
    keylease_jobs_total{worker="revoke",job_name="sweep",outcome="done"} 3
    keylease_jobs_total{worker="revoke",job_name="sweep",outcome="parked"} 0
    keylease_open_grants 3
    "#);
}

#[test]
fn each_is_explained_with_its_kind() {
    let metrics = Metrics::of("revoke");
    for metric in Metric::ALL {
        metrics.init_series(*metric, &[]);
    }
    let text = metrics.text();
    for metric in Metric::ALL {
        let declare::Declared { name, kind, help, .. } = metric.declared();
        let total = if *kind == declare::Kind::Counter { "_total" } else { "" };
        let help = format!("# HELP keylease_{name}{total} {help}.\n");
        assert!(text.contains(&help), "{help}{text}");
        let kind = format!("# TYPE keylease_{name}{total} {}\n", kind.as_str());
        assert!(text.contains(&kind), "{kind}{text}");
    }
}

#[test]
fn an_event_is_counted_and_is_a_line_at_once() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let metrics = Metrics::with_lines("notify", move |line| kept.lock().unwrap().push(line.to_owned()));
    metrics.record(&[(Label::Status, "ACTIVE")], &[(Metric::Requests, Count(1))]);
    let lines = lines.lock().unwrap();
    let [line] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(line.matches('\n').count(), 1);
    let line: Value = serde_json::from_str(line).unwrap();
    assert_eq!((&line["requests"], &line["status"]), (&Value::from(1), &Value::from("ACTIVE")));
    let age = crate::clock::now_ms() - line["_aws"]["Timestamp"].as_i64().unwrap();
    assert!((0..60_000).contains(&age), "{age} ms");
    assert_eq!(samples(&metrics), r#"keylease_requests_total{status="ACTIVE"} 1"#);
}

#[test]
fn two_workers_in_one_process_count_on_their_own_and_clones_count_together() {
    let (notify, revoke) = (Metrics::of("notify"), Metrics::of("revoke"));
    let parked = [(Label::Reason, "not_json")];
    notify.clone().record(&parked, &[(Metric::Parks, Count(1))]);
    notify.record(&parked, &[(Metric::Parks, Count(1))]);
    assert_eq!(samples(&notify), r#"keylease_parks_total{worker="notify",reason="not_json"} 2"#);
    assert_eq!(samples(&revoke), "");
}
