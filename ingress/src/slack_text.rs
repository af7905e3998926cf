//! Slack's own encodings, decoded once: entities, people, channels, groups and links become the text that people read.

/// Longest reference between angle brackets, in bytes; the longest URL that browsers take is shorter.
const REFERENCE_MAX_BYTES: usize = 4_096;
/// Schemes of links that Slack writes.
const SCHEMES: [&str; 5] = ["http://", "https://", "mailto:", "tel:", "slack://"];

/// The text as it was typed. What only looks like an encoding stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, encoded) = rest.split_at(at);
        plain.push_str(before);
        let (shown, length) = reference(encoded)
            .or_else(|| entity(encoded).map(|(c, length)| (c.to_string(), length)))
            .unwrap_or_else(|| (encoded.chars().take(1).collect(), 1));
        plain.push_str(&shown);
        rest = encoded.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// A person's id: `U0DANA`, `<@U0DANA>` or `<@U0DANA|dana>`.
pub(crate) fn person_id(text: &str) -> String {
    let text: String = text.chars().filter(|c| !domain::names::is_invisible(*c)).collect();
    let text = text.trim();
    let mentioned = text.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>'));
    let id = mentioned.map(|inner| inner.split('|').next().unwrap_or(inner));
    id.unwrap_or(text).trim().to_owned()
}

/// The character at the beginning, if it is encoded as one of Slack's three entities, and the length of that.
fn entity(text: &str) -> Option<(char, usize)> {
    [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')]
        .into_iter()
        .find_map(|(encoded, c)| text.starts_with(encoded).then_some((c, encoded.len())))
}

fn entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, encoded) = rest.split_at(at);
        plain.push_str(before);
        let (c, length) = entity(encoded).unwrap_or(('&', 1));
        plain.push(c);
        rest = encoded.get(length..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}

/// What a reference between angle brackets shows, and its length.
fn reference(text: &str) -> Option<(String, usize)> {
    let inner = text.strip_prefix('<')?;
    let end = inner.find(['>', '<', '\n']).filter(|end| *end <= REFERENCE_MAX_BYTES)?;
    let (inner, after) = inner.split_at(end);
    if !after.starts_with('>') {
        return None;
    }
    let (target, label) = match inner.split_once('|') {
        Some((target, label)) => (target, entities(label).trim().to_owned()),
        None => (inner, String::new()),
    };
    Some((shown(target, &label)?, end + 2))
}

fn shown(target: &str, label: &str) -> Option<String> {
    let named = |sign: char, id: &str| {
        let name = if label.is_empty() { id } else { label };
        format!("{sign}{}", name.trim_start_matches(sign))
    };
    if let Some(id) = target.strip_prefix('@') {
        return is_id(id).then(|| named('@', id));
    }
    if let Some(id) = target.strip_prefix('#') {
        return is_id(id).then(|| named('#', id));
    }
    if let Some(special) = target.strip_prefix('!') {
        return match special.split_once('^') {
            Some(("subteam", id)) => is_id(id).then(|| named('@', id)),
            Some(_) => (!label.is_empty()).then(|| label.to_owned()),
            None => {
                matches!(special, "here" | "channel" | "everyone" | "group").then(|| format!("@{special}"))
            }
        };
    }
    let is_link =
        SCHEMES.iter().any(|scheme| target.starts_with(scheme)) && !target.contains(char::is_whitespace);
    is_link.then(|| link(&entities(target), label))
}

/// The address in full, and the label where it says something else.
fn link(target: &str, label: &str) -> String {
    let address = target.strip_prefix("mailto:").or_else(|| target.strip_prefix("tel:")).unwrap_or(target);
    let bare = address.split_once("://").map_or(address, |(_, bare)| bare).trim_end_matches('/');
    if label.is_empty() || label == address {
        address.to_owned()
    } else if label.trim_end_matches('/') == bare {
        // Slack made a link of what somebody wrote without a scheme.
        label.to_owned()
    } else {
        format!("{label} ({address})")
    }
}

fn is_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_become_what_people_read() {
        for (encoded, plain) in [
            ("R&amp;D", "R&D"),
            ("fix A &lt; B &amp;&amp; C &gt; D", "fix A < B && C > D"),
            ("&amp;lt;", "&lt;"),
            ("AT&T & co", "AT&T & co"),
            ("by <@U0SECOND>", "by @U0SECOND"),
            ("by <@U0SECOND|sam>", "by @sam"),
            ("in <#C0GENERAL|general>", "in #general"),
            ("in <#C0GENERAL>", "in #C0GENERAL"),
            ("<#C0GENERAL|>", "#C0GENERAL"),
            ("<!subteam^S0LEADS|@leads>", "@leads"),
            ("<!subteam^S0LEADS>", "@S0LEADS"),
            ("<!here> <!channel|channel>", "@here @channel"),
            ("<!date^1392734382^{date}|18 February>", "18 February"),
            (
                "see <https://jira.example.com/browse/OPS-7|OPS-7>",
                "see OPS-7 (https://jira.example.com/browse/OPS-7)",
            ),
            ("see <https://jira.example.com/?a=1&amp;b=2>", "see https://jira.example.com/?a=1&b=2"),
            ("<http://example.com|example.com>", "example.com"),
            ("<mailto:dana@example.com|dana@example.com>", "dana@example.com"),
            ("<mailto:dana@example.com|Dana>", "Dana (dana@example.com)"),
            ("<https://example.com|R&amp;D>", "R&D (https://example.com)"),
        ] {
            assert_eq!(decode(encoded), plain, "{encoded}");
        }
    }

    #[test]
    fn what_only_looks_like_an_encoding_stays() {
        for text in [
            "a <b> c",
            "a < b and c > d",
            "<",
            ">",
            "&",
            "<>",
            "<@>",
            "<#|x>",
            "<!>",
            "<!dance>",
            "<@ U1>",
            "&nbsp;",
            "<b:c>",
            "<https://exa mple.com>",
            "if <https://a",
            "<<x>>",
            "é<ü>&ö;",
        ] {
            assert_eq!(decode(text), text);
        }
        assert_eq!(decode("<<@U1>>"), "<@U1>");
    }

    #[test]
    fn a_person_is_an_id_however_it_is_encoded() {
        for text in ["U0DANA", " U0DANA\u{200B} ", "<@U0DANA>", "<@U0DANA|dana>", " <@U0DANA|d a> "] {
            assert_eq!(person_id(text), "U0DANA", "{text}");
        }
        assert_eq!(person_id("@dana"), "@dana");
    }
}
