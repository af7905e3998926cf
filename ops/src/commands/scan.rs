//! The whole table of requests, one record after another.

use aws::dynamodb::{PAGES_MAX, StoreError};
use domain::Request;
use domain::text::count;

use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;

/// Hands every record to `take`, as it is or why it cannot be read.
pub(super) async fn each_record(
    env: &Env,
    mut take: impl FnMut(Result<Request, StoreError>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let store = env.store().await?;
    let progress = Progress::counting(&env.terminal, "requests read");
    let each = store.each_page(|page| {
        let unreadable = page.unreadable.into_iter().map(Err);
        for record in page.requests.into_iter().map(Ok).chain(unreadable) {
            take(record)?;
            progress.step();
        }
        Ok::<(), Failure>(())
    });
    let stopped =
        |_| Failure::new("stopped before every request was read").hint("run it again; it changes nothing");
    if env.unless_stopped(each).await.map_err(stopped)?? {
        return Ok(());
    }
    Err(Failure::new(format!("the table of requests has more than {PAGES_MAX} pages")))
}

/// Hands every request that can be read to `take`, in no order, and names on standard error each that cannot. Returns
/// how many those were.
pub(super) async fn each_request(env: &Env, mut take: impl FnMut(Request)) -> Result<usize, Failure> {
    let mut unreadable = 0;
    let terminal = &env.terminal;
    each_record(env, |record| {
        match record {
            Ok(request) => take(request),
            Err(error) => {
                unreadable += 1;
                terminal.note(&format!("{} {error}", terminal.red("unreadable:")));
            }
        }
        Ok(())
    })
    .await?;
    Ok(unreadable)
}

/// A result that lacks what could not be read is not the whole of it.
pub(super) fn all_readable(unreadable: usize) -> Result<(), Failure> {
    let hint = match unreadable {
        0 => return Ok(()),
        1 => "fix the record in the table; it is named above",
        _ => "fix the records in the table; they are named above",
    };
    Err(Failure::new(format!("{} cannot be read", count(unreadable, "request"))).hint(hint))
}
