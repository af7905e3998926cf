//! The same work on many things, some of them at once.

use tokio::task::JoinSet;
use tracing::Instrument;

use crate::failure::Failure;

/// Works on `items`, `at_once` of them at a time at most; what came of each, in their order. A panic is a failure of its own
/// item.
pub(crate) async fn side_by_side<T, R, F>(
    items: Vec<T>,
    at_once: usize,
    work: impl Fn(T) -> F,
) -> Vec<Result<R, Failure>>
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let mut results: Vec<Result<R, Failure>> =
        items.iter().map(|_| Err(Failure::retry("it panicked; the log says where"))).collect();
    let mut left = items.into_iter().enumerate();
    let mut working = JoinSet::new();
    loop {
        while working.len() < at_once
            && let Some((place, item)) = left.next()
        {
            let work = work(item);
            working.spawn(async move { (place, work.await) }.in_current_span());
        }
        match working.join_next().await {
            Some(Ok((place, result))) => {
                if let Some(slot) = results.get_mut(place) {
                    *slot = Ok(result);
                }
            }
            Some(Err(_)) => {}
            None => return results,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn so_many_at_once_and_the_results_in_order() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let results = side_by_side((0..50_u32).collect(), 7, |item| {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                for _ in 0..50 - item {
                    tokio::task::yield_now().await;
                }
                now.fetch_sub(1, Ordering::Relaxed);
                item * 2
            }
        });
        let results: Vec<u32> = results.await.into_iter().map(Result::unwrap).collect();
        assert_eq!(results, (0..50).map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::Relaxed), 7);
    }

    #[tokio::test]
    async fn a_panic_costs_its_own_item() {
        let results = side_by_side(vec![1, 2, 3], 2, |item| async move {
            assert_ne!(item, 2);
            item
        });
        let results = results.await;
        assert!(results[0].is_ok() && results[1].is_err() && results[2].is_ok());
    }
}
