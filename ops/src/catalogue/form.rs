//! The texts that a file is made of: how each is written. The check and the published schema both read this table.

use std::sync::LazyLock;

use domain::duration::DURATION_MAX_DAYS;
use domain::ids::{NAME_MAX_CHARS, SLACK_ID_MAX_CHARS};
use domain::{ChannelId, GrantDuration, ProjectName, RoleName, SlackUserId, names};
use regex_lite::Regex;

use super::fault::quoted;

/// Longest ARN, in characters (IAM's `arnType`).
const ARN_MAX_CHARS: usize = 2_048;
/// Longest duration that is read, in characters; `365d` and its like are far shorter.
const DURATION_MAX_CHARS: usize = 64;

/// How one kind of text is written.
pub(crate) struct Form {
    /// Its name in the schema.
    pub(crate) def: &'static str,
    /// What it is, in words.
    pub(crate) what: &'static str,
    /// A regular expression, in the part of the language that JSON Schema and Rust share.
    pub(crate) pattern: &'static str,
    /// Most characters.
    pub(crate) max_chars: usize,
    /// What would be right.
    pub(crate) right: &'static str,
    /// One that is right.
    pub(crate) example: &'static str,
    /// The workers' own reading of it, which says why not.
    parse: fn(&str) -> Result<(), String>,
}

/// Words of what can be seen, with one ordinary space between two. White space of other kinds and characters that show
/// nothing look like a name that people know, and cannot be typed.
const NAME: &str = concat!(
    "^[^\\x00-\\x20\\x7F-\\xA0\\xAD\\u034F\\u061C\\u115F\\u1160\\u1680\\u17B4\\u17B5\\u180B-\\u180F",
    "\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u3000\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFF8]+",
    "( [^\\x00-\\x20\\x7F-\\xA0\\xAD\\u034F\\u061C\\u115F\\u1160\\u1680\\u17B4\\u17B5\\u180B-\\u180F",
    "\\u2000-\\u200F\\u2028-\\u202F\\u205F-\\u206F\\u3000\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFF8]+)*$"
);
const NAME_RIGHT: &str = "1 to 64 visible characters, a letter or a digit among them, with single ordinary spaces \
    between words and none at either end";

/// What a name is not, or the same name as it should be written.
fn name(text: &str, parses: bool) -> Result<(), String> {
    let visible: String = text.chars().filter(|c| !names::is_invisible(*c)).collect();
    let right = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let has_letter = right.chars().any(char::is_alphanumeric);
    if !parses && right == text || !has_letter {
        return Err(NAME_RIGHT.to_owned());
    }
    // A filter of lines would print the two alike, so what is wrong is said in words.
    if right == text { Ok(()) } else { Err(format!("{NAME_RIGHT}; write {}", quoted(&right))) }
}

pub(crate) const PROJECT_NAME: Form = Form {
    def: "ProjectName",
    what: "a project name",
    pattern: NAME,
    max_chars: NAME_MAX_CHARS,
    right: NAME_RIGHT,
    example: "payments",
    parse: |text| name(text, ProjectName::parse(text).is_ok()),
};
pub(crate) const ROLE_NAME: Form = Form {
    def: "RoleName",
    what: "a role name",
    pattern: NAME,
    max_chars: NAME_MAX_CHARS,
    right: NAME_RIGHT,
    example: "ReadOnly",
    parse: |text| name(text, RoleName::parse(text).is_ok()),
};
const USER_RIGHT: &str = "U or W, then capital letters and digits, such as U0OWNER \
    (in Slack: the person's profile, More, Copy member ID)";
pub(crate) const SLACK_USER: Form = Form {
    def: "SlackUserId",
    what: "a Slack user id",
    pattern: "^[UW][A-Z0-9]+$",
    max_chars: SLACK_ID_MAX_CHARS,
    right: USER_RIGHT,
    example: "U0OWNER",
    parse: |text| SlackUserId::parse(text).map(drop).map_err(|_| USER_RIGHT.to_owned()),
};
const CHANNEL_RIGHT: &str = "C, G or D, then capital letters and digits, such as C0APPROVALS \
    (in Slack: at the end of the channel's details)";
pub(crate) const CHANNEL: Form = Form {
    def: "ChannelId",
    what: "a Slack channel id",
    pattern: "^[CGD][A-Z0-9]+$",
    max_chars: SLACK_ID_MAX_CHARS,
    right: CHANNEL_RIGHT,
    example: "C0APPROVALS",
    parse: |text| ChannelId::parse(text).map(drop).map_err(|_| CHANNEL_RIGHT.to_owned()),
};
pub(crate) const DURATION: Form = Form {
    def: "Duration",
    what: "a duration",
    // A number alone is what an editor can warn of; how people write durations is `GrantDuration`'s to read.
    pattern: "^.*[^0-9 .,].*$",
    max_chars: DURATION_MAX_CHARS,
    right: "weeks, days, hours, minutes and seconds, the largest first, such as 90m, 8h or 1d12h",
    example: "8h",
    parse: |text| {
        GrantDuration::parse(text)
            .map(drop)
            .map_err(|why| format!("{why}; write it like 90m, 8h or 1d12h, {DURATION_MAX_DAYS}d at most"))
    },
};
pub(crate) const POLICY_ARN: Form = Form {
    def: "PolicyArn",
    what: "the ARN of a managed policy",
    pattern: "^arn:aws(-[a-z]+)*:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9_+=,.@/-]+$",
    max_chars: ARN_MAX_CHARS,
    right: "arn:aws:iam::aws:policy/NAME for one of AWS's, arn:aws:iam::ACCOUNT:policy/NAME for one of yours",
    example: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    parse: |_| Ok(()),
};
pub(crate) const ROLE_ARN: Form = Form {
    def: "RoleArn",
    what: "the ARN of a role",
    pattern: "^arn:aws(-[a-z]+)*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+$",
    max_chars: ARN_MAX_CHARS,
    right: "arn:aws:iam::ACCOUNT:role/NAME, with the 12 digits of the account",
    example: "arn:aws:iam::111122223333:role/payments-power",
    parse: |_| Ok(()),
};

/// All of them.
pub(crate) static FORMS: [Form; 7] =
    [PROJECT_NAME, ROLE_NAME, SLACK_USER, CHANNEL, DURATION, POLICY_ARN, ROLE_ARN];

/// The patterns, ready to match.
static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    FORMS.iter().filter_map(|form| Some((form.pattern, Regex::new(form.pattern).ok()?))).collect()
});

impl Form {
    /// The form of this name in the schema.
    pub(crate) fn of_def(def: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.def == def)
    }

    /// Whether a text is of this form; if not, what would be.
    pub(crate) fn check(&self, text: &str) -> Result<(), String> {
        let wrong = |right: &str| Err(format!("{} is not {}: {right}", quoted(text), self.what));
        if text.chars().count() > self.max_chars {
            return wrong(&format!("{} characters at most", self.max_chars));
        }
        if let Err(right) = (self.parse)(text) {
            return wrong(&right);
        }
        let pattern = PATTERNS.iter().find(|(pattern, _)| *pattern == self.pattern);
        if pattern.is_some_and(|(_, regex)| regex.is_match(text)) { Ok(()) } else { wrong(self.right) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_takes_its_example_and_no_nonsense() {
        for form in &FORMS {
            assert_eq!(form.check(form.example), Ok(()), "{}", form.def);
            for wrong in ["", " ", " x", "x\n", &"x".repeat(3_000)] {
                assert!(form.check(wrong).is_err(), "{}: {wrong:?}", form.def);
            }
        }
    }

    #[test]
    fn arns_and_ids() {
        for (form, right) in [
            (&POLICY_ARN, "arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess"),
            (&POLICY_ARN, "arn:aws:iam::111122223333:policy/team/payments"),
            (&ROLE_ARN, "arn:aws-iso-b:iam::111122223333:role/a/b"),
            (&SLACK_USER, "W012AB3CD"),
            (&DURATION, "1H 30m"),
            (&DURATION, "2 hours"),
            (&DURATION, "1 hour and 30 minutes"),
            (&DURATION, "half an hour"),
            (&DURATION, "1 week"),
            (&PROJECT_NAME, "Data Lake"),
            (&PROJECT_NAME, "Übersicht (neu)"),
            (&ROLE_NAME, "R&D"),
        ] {
            assert_eq!(form.check(right), Ok(()));
        }
        for (form, wrong) in [
            (&POLICY_ARN, "arn:aws:iam::aws:role/ReadOnlyAccess"),
            (&POLICY_ARN, "ReadOnlyAccess"),
            (&ROLE_ARN, "arn:aws:iam::aws:role/x"),
            (&ROLE_ARN, "arn:aws:iam::1111:role/x"),
            (&ROLE_ARN, "arn:aws:sts::111122223333:assumed-role/x/y"),
            (&SLACK_USER, "@olivia"),
            (&SLACK_USER, "u0owner"),
            (&CHANNEL, "#approvals"),
            (&DURATION, "30m1h"),
            (&DURATION, "90"),
            (&DURATION, "1h30"),
            (&DURATION, "1 month"),
            (&PROJECT_NAME, "Data\u{A0}Lake"),
            (&PROJECT_NAME, "Data Lake\u{A0}"),
            (&PROJECT_NAME, "Data  Lake"),
            (&PROJECT_NAME, " payments"),
            (&PROJECT_NAME, "pay\u{200B}ments"),
            (&PROJECT_NAME, "payments\u{FEFF}"),
            (&ROLE_NAME, "Read\tOnly"),
            (&ROLE_NAME, "Read\u{3000}Only"),
            (&ROLE_NAME, "Read\u{2028}Only"),
            (&ROLE_NAME, "@"),
            (&ROLE_NAME, "\"\""),
        ] {
            assert!(form.check(wrong).is_err(), "{wrong}");
        }
    }
}
