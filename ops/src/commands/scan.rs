//! Every record of the table of requests, one after another.

use aws::dynamodb::StoreError;
use domain::Request;

use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;

/// Pages that are read at most: at 1 MB a page, ten times what the sweep is made for.
const PAGES_MAX: u32 = 100_000;

/// Hands every record to `take`, as it is or why it cannot be read. Only one page is held at a time.
pub(super) async fn each_record(
    env: &Env,
    mut take: impl FnMut(Result<Request, StoreError>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let store = env.store().await?;
    let progress = Progress::counting(&env.terminal, "requests read");
    let mut start = None;
    for _ in 0..PAGES_MAX {
        if env.should_stop() {
            return Err(Failure::new("stopped before every request was read")
                .hint("run it again; it changes nothing"));
        }
        let page = env.unless_stopped(store.requests_page(start)).await??;
        let unreadable = page.unreadable.into_iter().map(Err);
        for record in page.requests.into_iter().map(Ok).chain(unreadable) {
            take(record)?;
            progress.step();
        }
        start = page.next;
        if start.is_none() {
            return Ok(());
        }
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
    match unreadable {
        0 => Ok(()),
        1 => {
            Err(Failure::new("1 request cannot be read")
                .hint("fix the record in the table; it is named above"))
        }
        many => Err(Failure::new(format!("{many} requests cannot be read"))
            .hint("fix the records in the table; they are named above")),
    }
}
