//! How long the steps of an acknowledgement take, each bench one step more than the one before, and what a worker decides
//! by: `cargo bench --package instructions`.
#![allow(clippy::unwrap_used, missing_docs, reason = "a bench that meets the unexpected ends")]

use std::hint::black_box;

use axum::http::StatusCode;
use criterion::{Criterion, criterion_group, criterion_main};
use domain::lifecycle::{Event, decide};
use domain::{Job, Request};
use instructions::{Sent, router};

/// A record as a table has it, from the domain's own tests.
const ACTIVE: &str = include_str!("../../../shared/domain/tests/records/active-session.json");

fn ingress(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let router = runtime.block_on(async { router().unwrap() });
    for (name, sent, status) in [
        ("verify, and refuse", Sent::forged().unwrap(), StatusCode::UNAUTHORIZED),
        ("verify and parse", Sent::unhandled().unwrap(), StatusCode::OK),
        ("verify, parse, build and sign the enqueue request", Sent::click().unwrap(), StatusCode::OK),
    ] {
        criterion.bench_function(name, |bench| {
            bench.iter(|| assert_eq!(runtime.block_on(sent.to(&router)).unwrap(), status));
        });
    }
}

fn deciding(criterion: &mut Criterion) {
    let request: Request = serde_json::from_str(ACTIVE).unwrap();
    let end = request.access.expires_at.unwrap();
    criterion.bench_function("decide that a grant's time is over", |bench| {
        bench.iter(|| decide(black_box(&request), &Event::Expire, end).unwrap());
    });
    let job = Job::ExpireGrant { request_id: request.request_id.clone() };
    criterion.bench_function("encode a job, and read it back", |bench| {
        bench.iter(|| Job::decode(&black_box(&job).encode()).unwrap());
    });
}

criterion_group!(benches, ingress, deciding);
criterion_main!(benches);
