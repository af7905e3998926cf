//! Text that people see: ages, and what others wrote.

/// Longest text of others that is shown, in characters.
const SHOWN_MAX_CHARS: usize = 300;

/// How old something is, in its largest unit.
pub(super) fn age(seconds: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "min")];
    let unit = UNITS.into_iter().find(|(length, _)| seconds >= *length);
    unit.map_or_else(
        || format!("{} s", seconds.max(0)),
        |(length, name)| format!("{} {name}", seconds / length),
    )
}

/// What others wrote, on one line, without what a terminal would act on, and not too long.
pub(super) fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut plain: String = words
        .join(" ")
        .chars()
        .map(|c| if is_plain(c) { c } else { '\u{fffd}' })
        .take(SHOWN_MAX_CHARS)
        .collect();
    if words.join(" ").chars().count() > SHOWN_MAX_CHARS {
        plain.push('…');
    }
    plain
}

/// Control characters move the cursor; the others turn the direction of what follows.
fn is_plain(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `1 job`, `2 jobs`.
pub(super) fn jobs(count: u64) -> String {
    if count == 1 { "1 job".to_owned() } else { format!("{count} jobs") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let said: Vec<String> = [-5, 0, 59, 60, 3_599, 3_600, 86_399, 86_400, 900_000].map(age).into();
        assert_eq!(said, ["0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "23 h", "1 d", "10 d"]);
    }

    #[test]
    fn what_others_wrote_cannot_move_the_cursor() {
        assert_eq!(plain("a\n\tb \u{1b}[2J\u{202e}c"), "a b \u{fffd}[2J\u{fffd}c");
        assert_eq!(plain(&"x".repeat(500)).chars().count(), SHOWN_MAX_CHARS + 1);
    }
}
