//! The lines, as CloudWatch gets them.

use super::*;
use crate::metrics::Amount::{Count, Seconds};

fn shown(labels: &[Labelled], samples: &[(Metric, Amount)]) -> String {
    line(1_700_000_000_123, NAMESPACE, labels, samples).unwrap()
}

#[test]
fn a_job_is_one_line_with_all_that_it_had() {
    let labels = [
        (Label::Worker, "revoke"),
        (Label::JobName, "sweep"),
        (Label::Outcome, "done"),
        (Label::Delivery, "first"),
    ];
    let samples =
        [(Metric::Jobs, Count(1)), (Metric::JobDuration, Seconds(0.25)), (Metric::QueueLag, Seconds(1.5))];
    insta::assert_snapshot!(shown(&labels, &samples), @r#"{"_aws":{"CloudWatchMetrics":[{"Dimensions":[["worker","job_name","outcome"],["worker","outcome"]],"Metrics":[{"Name":"jobs","Unit":"Count"}],"Namespace":"Keylease"},{"Dimensions":[["worker","job_name"]],"Metrics":[{"Name":"job_duration_seconds","Unit":"Seconds"}],"Namespace":"Keylease"},{"Dimensions":[["worker","delivery"]],"Metrics":[{"Name":"queue_lag_seconds","Unit":"Seconds"}],"Namespace":"Keylease"}],"Timestamp":1700000000123},"delivery":"first","job_duration_seconds":0.25,"job_name":"sweep","jobs":1,"outcome":"done","queue_lag_seconds":1.5,"worker":"revoke"}"#);
}

#[test]
fn what_has_no_labels_has_an_empty_set_of_dimensions_and_shares_a_directive() {
    let samples = [(Metric::OpenGrants, Count(7)), (Metric::SweepUsersRemoved, Count(0))];
    insta::assert_snapshot!(shown(&[(Label::Worker, "revoke")], &samples), @r#"{"_aws":{"CloudWatchMetrics":[{"Dimensions":[[]],"Metrics":[{"Name":"open_grants","Unit":"Count"},{"Name":"sweep_users_removed","Unit":"Count"}],"Namespace":"Keylease"}],"Timestamp":1700000000123},"open_grants":7,"sweep_users_removed":0}"#);
}

#[test]
fn what_json_has_no_number_for_is_left_out() {
    let lateness = |seconds| (Metric::CleanUpLateness, Seconds(seconds));
    let labels = [(Label::End, "due")];
    assert_eq!(line(0, NAMESPACE, &labels, &[lateness(f64::NAN), lateness(f64::INFINITY)]), None);
    assert_eq!(line(0, NAMESPACE, &labels, &[]), None);
    let with_one = shown(&labels, &[lateness(f64::NAN), (Metric::OpenGrants, Count(1))]);
    assert!(!with_one.contains("lateness") && !with_one.contains("null"), "{with_one}");
}

#[test]
fn no_dimension_is_empty() {
    let line = shown(&[], &[(Metric::Requests, Count(1))]);
    assert!(line.contains(r#""status":"none""#), "{line}");
}

#[test]
fn a_second_deployment_has_a_namespace_of_its_own() {
    let samples = [(Metric::OpenGrants, Count(1)), (Metric::Requests, Count(1))];
    let line = line(0, "Keylease/staging", &[], &samples).unwrap();
    assert_eq!(line.matches(r#""Namespace":"Keylease/staging""#).count(), 2, "{line}");
    assert_eq!(line.matches("Namespace").count(), 2, "{line}");
}
