//! What somebody probably meant by a text that is not what it should be.

use domain::names::{is_invisible, is_quote};

/// The text, where nothing better can be told.
pub(super) fn as_it_is(text: &str) -> String {
    text.to_owned()
}

/// Without what copying adds to an ARN or an id, none of which has a space or a quote.
pub(super) fn without_spaces(text: &str) -> String {
    let bare: String = text.chars().filter(|c| !is_invisible(*c) && !c.is_whitespace()).collect();
    bare.trim_matches(is_quote).trim_end_matches([',', ';', '.']).to_owned()
}

/// The id in a mention, in a link to a person or a channel, or in small letters.
pub(super) fn slack_id(text: &str) -> String {
    let bare = without_spaces(text);
    let within = bare.trim_start_matches('<');
    let within = within.strip_prefix("!subteam^").unwrap_or(within);
    // A name after an `@` or a `#` is no id, whatever it looks like, unless Slack has put it between `<` and `>`.
    let is_mention = bare.starts_with('<');
    let within = if is_mention { within.trim_start_matches(['@', '#']) } else { within };
    let within = if within.contains("://") {
        within.rsplit('/').find(|part| !part.is_empty()).unwrap_or("")
    } else {
        within
    };
    let id: String = within.chars().take_while(char::is_ascii_alphanumeric).collect();
    let is_written_large = id.chars().all(|c| !c.is_ascii_lowercase());
    let is_like_an_id = id.chars().nth(1).is_some_and(|c| c.is_ascii_digit());
    if !id.is_empty() && (is_written_large || is_like_an_id) {
        id.to_ascii_uppercase()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_what_people_copy_and_a_name_is_none() {
        for text in [
            "<@U0OWNER>",
            "<@U0OWNER|olivia>",
            "U0OWNER,",
            " U0OWNER\u{200B}",
            "“U0OWNER”",
            "u0owner",
            "U0OWNER (olivia)",
            "U0OWNER# Olivia",
            "https://acme.slack.com/team/U0OWNER",
        ] {
            assert_eq!(slack_id(text), "U0OWNER", "{text}");
        }
        assert_eq!(slack_id("<#C0APPROVALS|approvals>"), "C0APPROVALS");
        assert_eq!(slack_id("https://acme.slack.com/archives/C0APPROVALS"), "C0APPROVALS");
        assert_eq!(slack_id("<!subteam^S0LEADS|@leads>"), "S0LEADS");
        for name in ["@olivia", "ursula", "@ursula", "#approvals", "@U0OWNER", "olivia@example.com", "wanda2"]
        {
            assert_eq!(slack_id(name), name);
        }
    }
}
