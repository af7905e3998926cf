//! SQS's calls on up to ten messages: each has an outcome of its own.

use std::ops::Range;

use aws_sdk_sqs::error::BuildError;
use aws_sdk_sqs::types::BatchResultErrorEntry;

use super::RECEIVE_MAX;
use crate::error::{CallError, rules};

/// Bytes of the bodies of one batch, at most. SQS takes 1 MiB by now; 256 KiB is what every endpoint takes.
const BATCH_MAX_BYTES: usize = 256 * 1_024;

/// What became of one message of a batch.
pub(super) type Outcome = Result<(), CallError>;

/// Ids of those that went well, and those that did not, as SQS answers.
pub(super) type Answer = (Vec<String>, Vec<BatchResultErrorEntry>);

/// Makes `call` for all of `items`, in batches that SQS takes; one outcome for each item.
///
/// `bytes` is the size of an item, `entry` makes an entry of a batch from its id there and an item.
pub(super) async fn in_batches<T, E>(
    call: &'static str,
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    entry: impl Fn(String, &T) -> Result<E, BuildError>,
    send: impl AsyncFn(Vec<E>) -> Result<Answer, CallError>,
) -> Vec<Outcome> {
    let mut all = Vec::with_capacity(items.len());
    for batch in cut(items.iter().map(bytes)) {
        let items = items.get(batch).unwrap_or_default();
        let entries = items.iter().enumerate().map(|(place, item)| entry(place.to_string(), item));
        let answer = match entries.collect::<Result<Vec<E>, BuildError>>() {
            Ok(entries) => send(entries).await,
            Err(error) => Err(CallError::permanent(call, error.to_string())),
        };
        match answer {
            Ok((successful, failed)) => all.extend(outcomes(call, items.len(), &successful, &failed)),
            Err(error) => all.extend(vec![Err(error); items.len()]),
        }
    }
    all
}

/// Cuts messages of these sizes, in bytes, into batches that SQS takes. One that is too large is alone.
fn cut(sizes: impl IntoIterator<Item = usize>) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    let mut bytes = 0;
    for (index, size) in sizes.into_iter().enumerate() {
        match batches.last_mut() {
            Some(last) if last.len() < RECEIVE_MAX && bytes + size <= BATCH_MAX_BYTES => last.end = index + 1,
            _ => {
                batches.push(index..index + 1);
                bytes = 0;
            }
        }
        bytes += size;
    }
    batches
}

/// One outcome for each of `count` messages, whose ids in the batch are their places. A message that the answer does
/// not name counts as failed.
fn outcomes(
    call: &'static str,
    count: usize,
    successful: &[String],
    failed: &[BatchResultErrorEntry],
) -> Vec<Outcome> {
    let outcome = |place: usize| {
        let id = place.to_string();
        match failed.iter().find(|entry| entry.id == id) {
            Some(entry) => Err(refusal(call, entry)),
            None if successful.contains(&id) => Ok(()),
            None => Err(CallError::incomplete(call, "outcome of every message")),
        }
    };
    (0..count).map(outcome).collect()
}

fn refusal(call: &'static str, entry: &BatchResultErrorEntry) -> CallError {
    let said = entry.message.as_deref().unwrap_or("no message");
    let status = if entry.sender_fault { 400 } else { 500 };
    let remedy = rules::remedy(call, Some(&entry.code), status);
    CallError { call, code: Some(entry.code.clone()), message: format!("{}: {said}", entry.code), remedy }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_ten_messages_and_a_quarter_of_a_mebibyte_at_most() {
        assert_eq!(cut([1; 23]), [0..10, 10..20, 20..23]);
        let large = BATCH_MAX_BYTES;
        assert_eq!(cut([1, large, 1, large / 2, large / 2]), [0..1, 1..2, 2..4, 4..5]);
        assert_eq!(cut([large / 2, large / 2, 1]), [0..2, 2..3]);
        assert!(cut([]).is_empty());
    }

    #[test]
    fn what_the_answer_does_not_name_did_not_happen() {
        let refused =
            BatchResultErrorEntry::builder().id("1").sender_fault(true).code("Bad").message("no").build();
        let found = outcomes("sqs:SendMessageBatch", 3, &["0".to_owned()], &[refused.unwrap()]);
        assert_eq!(found[0], Ok(()));
        let error = found[1].clone().unwrap_err();
        assert_eq!((error.message.as_str(), error.is_retryable()), ("Bad: no", false));
        assert!(found[2].is_err());
    }
}
