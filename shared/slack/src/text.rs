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

/// Typed text on one line and without what nobody sees, so that whoever copies it has what they saw.
///
/// Characters that format stay as they are: mrkdwn cannot escape them, and anything put between would be copied too.
#[must_use]
pub fn inline(typed: &str, max_chars: usize) -> String {
    let visible: String = typed.chars().filter(|c| !domain::names::is_invisible(*c)).collect();
    let one_line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    escape(&shorten(&one_line, max_chars))
}

/// A name, as code: shown to the letter, and copied as it is shown. A backtick, which would end it, is an apostrophe,
/// which is the same where names are compared.
#[must_use]
pub fn code(name: &str, max_chars: usize) -> String {
    format!("`{}`", inline(name, max_chars).replace('`', "'"))
}

/// A name in bold; as [`code`] where it has characters that would format it.
#[must_use]
pub fn bold(name: &str, max_chars: usize) -> String {
    let shown = inline(name, max_chars);
    if shown.contains(['*', '_', '~', '`']) { code(name, max_chars) } else { format!("*{shown}*") }
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn typed_text_cannot_mention_or_link() {
        assert_eq!(escape("<!channel> & <@U1|x>"), "&lt;!channel&gt; &amp; &lt;@U1|x&gt;");
        assert_eq!(escape("a\u{202E}b\u{7}c\nd"), "ab c\nd");
        assert_eq!(inline("*Read*\n\u{200B} Only", 40), "*Read* Only");
        assert_eq!(shorten("abcdef", 4), "abc…");
        assert_eq!(shorten("abcd", 4), "abcd");
    }

    #[test]
    fn a_name_is_shown_to_the_letter() {
        assert_eq!(bold("payments", 40), "*payments*");
        assert_eq!(bold("data_platform", 40), "`data_platform`");
        assert_eq!(bold("R&D *new*", 40), "`R&amp;D *new*`");
        assert_eq!(code("a`b", 40), "`a'b`");
    }

    proptest! {
        #[test]
        fn whatever_is_shown_as_a_name_can_be_copied_and_typed_back(name in any::<String>(), other in "[_*~`'’ <&a-b\u{200B}\u{A0}]{1,8}") {
            for name in [name, other] {
                // A catalogue has no name without a letter or a digit.
                if !name.chars().any(char::is_alphanumeric) {
                    continue;
                }
                let known = domain::names::fold(&name);
                for shown in [bold(&name, 2_000), code(&name, 2_000)] {
                    // Slack shows the entities decoded, and bold and code without the marks around them.
                    let marked = shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                    let copied = marked.get(1..marked.len() - 1).unwrap();
                    if name.chars().count() < 250 {
                        prop_assert_eq!(domain::names::fold(copied), known.clone(), "{:?} of {:?}", shown, name);
                        prop_assert_eq!(domain::names::fold(&marked), known.clone());
                    }
                }
            }
        }
    }
}
