//! Pieces of text that programs say, and text that others wrote, as a line of a terminal may show it.

/// Longest text of others that is shown, in characters.
const SHOWN_MAX_CHARS: usize = 300;

/// `1 job`, `2 jobs`.
#[must_use]
pub fn count(count: impl TryInto<u64>, what: &str) -> String {
    match count.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    }
}

/// `a, b and 3 more`: the first `most` of these.
#[must_use]
pub fn some_of(items: impl ExactSizeIterator<Item = impl Into<String>>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown = items.take(most).map(Into::into).collect::<Vec<String>>().join(", ");
    if more > 0 { format!("{shown} and {more} more") } else { shown }
}

/// `1h30m`: the two largest units, so that a column of them can be compared at a glance.
#[must_use]
pub fn length(seconds: i64) -> String {
    let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
    let mut rest = seconds;
    let parts = units.map(|(size, unit)| {
        let count = rest / size;
        rest %= size;
        (count, unit)
    });
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(parts.len() - 1);
    let shown = parts.iter().skip(first).take(2).filter(|(count, _)| *count > 0 || seconds == 0);
    shown.map(|(count, unit)| format!("{count}{unit}")).collect()
}

/// The text on one line, and without what a terminal would act on.
#[must_use]
pub fn one_line(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().map(|c| if moves(c) { '\u{fffd}' } else { c }).collect()
}

/// The same, and not too long.
#[must_use]
pub fn short(text: &str) -> String {
    let line = one_line(text);
    let cut: String = line.chars().take(SHOWN_MAX_CHARS).collect();
    if cut.len() < line.len() { format!("{cut}…") } else { cut }
}

/// Control characters move the cursor; the others turn the direction of what follows.
fn moves(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
