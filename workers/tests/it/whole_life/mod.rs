//! Whole lives of grants, of every kind and delivery: asked, approved, claimed, extended, ended; with reads that lag, and with
//! calls that only an operator can repair.

mod lag;
mod life;
mod look;
mod operator;

/// So many lives are played at once.
const AT_ONCE: usize = 4;

/// Plays all of these; what of them failed.
async fn all_hold<F: Future<Output = ()> + Send + 'static>(lives: Vec<(String, F)>) {
    let mut playing = tokio::task::JoinSet::new();
    let mut failed = Vec::new();
    for (of, life) in lives {
        if playing.len() >= AT_ONCE {
            failed.extend(playing.join_next().await.and_then(Result::unwrap));
        }
        playing.spawn(async move { tokio::spawn(life).await.err().map(|error| format!("{of}: {error}")) });
    }
    failed.extend(playing.join_all().await.into_iter().flatten());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
