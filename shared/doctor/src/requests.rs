//! The requests of the whole table of which something is so.

use aws::dynamodb::{Store, StoreError};
use domain::Request;

/// Their ids. What cannot be read is left out: other commands name it.
pub(crate) async fn ids(store: &Store, is_so: impl Fn(&Request) -> bool) -> Result<Vec<String>, StoreError> {
    let mut ids = Vec::new();
    store
        .each_page(|page| {
            let found = page.requests.iter().filter(|request| is_so(request));
            ids.extend(found.map(|request| request.request_id.to_string()));
            Ok::<(), StoreError>(())
        })
        .await?;
    Ok(ids)
}
