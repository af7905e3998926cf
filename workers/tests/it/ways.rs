//! Many ways of what may happen, each on a stage of its own.

use testkit::aws::Fault;
use tokio::task::JoinSet;

/// So many are played at once. All at once took longer, on two cores.
const AT_ONCE: usize = 4;

/// Plays all of these; fails with those that failed, by their names.
pub(crate) async fn all_hold<F: Future<Output = ()> + Send + 'static>(
    ways: impl IntoIterator<Item = (String, F)>,
) {
    let mut playing = JoinSet::new();
    let mut failed = Vec::new();
    for (name, way) in ways {
        if playing.len() >= AT_ONCE {
            failed.extend(playing.join_next().await.and_then(Result::unwrap));
        }
        playing.spawn(async move { tokio::spawn(way).await.err().map(|error| format!("{name}: {error}")) });
    }
    failed.extend(playing.join_all().await.into_iter().flatten());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Plays a way once for each of so many calls, with the fault that this call is to meet.
pub(crate) async fn hold_at_every_call<F: Future<Output = ()> + Send + 'static>(
    calls: u64,
    fault: &Fault,
    way: impl Fn(u64, Fault) -> F,
) {
    all_hold((0..calls).map(|number| (format!("call {number}, {fault:?}"), way(number, fault.clone()))))
        .await;
}
