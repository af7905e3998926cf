//! The ids of claims and deliveries: part of URLs, so that nothing else may be in them.

/// Longest id, in characters. One of 128 bits has 22.
const ID_MAX_CHARS: usize = 128;

/// Whether this can be an id: base64url.
pub(crate) fn is_id(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.len() <= ID_MAX_CHARS && text.chars().all(fits)
}
