//! Text for Slack: what people typed is escaped, and cut only where Slack itself would refuse it.

/// Longest text of a section block, in characters (Slack's Block Kit).
pub const SECTION_MAX_CHARS: usize = 3_000;
/// Longest text of a message's notification line, in characters: beyond it `chat.update` refuses.
pub const FALLBACK_MAX_CHARS: usize = 4_000;

/// Makes typed text safe: it can neither mention anybody nor be a link.
///
/// Slack's three control characters are escaped, so that mentions, channels and links stay plain text.
#[must_use]
pub fn escape(typed: &str) -> String {
    let mut safe = String::with_capacity(typed.len());
    for c in typed.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            // A right-to-left override could make a role read as another.
            '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => {}
            c if c.is_control() && c != '\n' => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}

/// Typed text on one line, for a name within a sentence, without formatting.
#[must_use]
pub fn inline(typed: &str, max_chars: usize) -> String {
    let one_line: String = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    // Zero-width spaces keep the formatting characters from being read as such.
    escape(&shorten(&one_line, max_chars))
        .chars()
        .flat_map(|c| {
            let guard = matches!(c, '*' | '_' | '~' | '`').then_some('\u{200B}');
            guard.into_iter().chain([c])
        })
        .collect()
}

/// At most `max_chars` characters, the last of them `…` when something was cut.
#[must_use]
pub fn shorten(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_text_cannot_mention_or_link() {
        assert_eq!(escape("<!channel> & <@U1|x>"), "&lt;!channel&gt; &amp; &lt;@U1|x&gt;");
        assert_eq!(escape("a\u{202E}b\u{7}c\nd"), "ab c\nd");
        assert_eq!(inline("*Read*\n Only", 40), "\u{200B}*Read\u{200B}* Only");
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("abcd", 4), "abcd");
    }
}
