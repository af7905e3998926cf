//! Text that others wrote, as a line of a terminal may show it.

/// Longest text of others that is shown, in characters.
const SHOWN_MAX_CHARS: usize = 300;

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
