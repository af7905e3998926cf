//! Pieces of text that several commands say.

/// `1 job`, `2 jobs`.
pub(crate) fn count(count: impl TryInto<u64>, what: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

/// `a, b and 3 more`: the first `most` of these.
pub(crate) fn some_of(items: impl ExactSizeIterator<Item = impl Into<String>>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown = items.take(most).map(Into::into).collect::<Vec<String>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}
