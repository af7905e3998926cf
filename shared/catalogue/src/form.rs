//! The texts that a file is made of: what each is called, and what would be right. How one is written stands in the
//! schema; the workers' own reading has a say too, and says why not.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use domain::duration::DURATION_MAX_DAYS;
use domain::principal::Pattern;
use domain::{ChannelId, GrantDuration, ProjectName, RoleName, SlackUserId, names};
use regex_lite::Regex;

use super::fault::quoted;
use super::meant::{as_it_is, slack_id, without_spaces};
use super::schema::{number, of_def, texts};

/// One kind of text.
pub(crate) struct Form {
    /// Its name in the schema.
    pub(crate) def: &'static str,
    /// What it is, in words.
    pub(crate) what: &'static str,
    /// What would be right; the schema describes it with the same words.
    pub(crate) right: &'static str,
    /// The workers' own reading of it, which says why not.
    parse: fn(&str) -> Result<(), String>,
    /// What was probably meant by one that is wrong.
    meant: fn(&str) -> String,
}

const NAME_RIGHT: &str = "1 to 64 visible characters, a letter or a digit among them, with single ordinary spaces \
    between words and none at either end";
const USER_RIGHT: &str = "U or W, then capital letters and digits, such as U0OWNER \
    (in Slack: the person's profile, More, Copy member ID)";
const LISTED_RIGHT: &str = "U or W for a person and S for a user group, then capital letters and digits, such as U0OWNER or \
    S0LEADS (in Slack: the profile's or the group's menu, Copy ID)";
const CHANNEL_RIGHT: &str = "C, G or D, then capital letters and digits, such as C0APPROVALS \
    (in Slack: at the end of the channel's details)";

const PRINCIPAL_RIGHT: &str = "arn:aws:iam::ACCOUNT:user/NAME, arn:aws:iam::ACCOUNT:role/NAME or \
    arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, with * and ? in names, and ${requester_email} or \
    ${identity_store_user_id} for whoever asked";

const PROJECT_NAME: Form = Form {
    def: "ProjectName",
    what: "a project name",
    right: NAME_RIGHT,
    parse: |text| name(text, ProjectName::parse(text).is_ok()),
    meant: as_it_is,
};
const ROLE_NAME: Form = Form {
    def: "RoleName",
    what: "a role name",
    right: NAME_RIGHT,
    parse: |text| name(text, RoleName::parse(text).is_ok()),
    meant: as_it_is,
};
const SLACK_USER: Form = Form {
    def: "SlackUserId",
    what: "a Slack user id",
    right: USER_RIGHT,
    parse: |text| SlackUserId::parse(text).map(drop).map_err(|_| USER_RIGHT.to_owned()),
    meant: slack_id,
};
const LISTED: Form = Form {
    def: "SlackListedId",
    what: "the id of a person or of a user group in Slack",
    right: LISTED_RIGHT,
    parse: |text| SlackUserId::parse(text).map(drop).map_err(|_| LISTED_RIGHT.to_owned()),
    meant: slack_id,
};
const CHANNEL: Form = Form {
    def: "ChannelId",
    what: "a Slack channel id",
    right: CHANNEL_RIGHT,
    parse: |text| ChannelId::parse(text).map(drop).map_err(|_| CHANNEL_RIGHT.to_owned()),
    meant: slack_id,
};
const DURATION: Form = Form {
    def: "Duration",
    what: "a duration",
    right: "weeks, days, hours, minutes and seconds, the largest first, such as 90m, 8h or 1d12h",
    parse: |text| match GrantDuration::parse(text) {
        Ok(_) => Ok(()),
        Err(why) => Err(format!("{why}; write it like 90m, 8h or 1d12h, {DURATION_MAX_DAYS}d at most")),
    },
    meant: as_it_is,
};
pub(crate) const POLICY_ARN: Form = Form {
    def: "PolicyArn",
    what: "the ARN of a managed policy",
    right: "arn:aws:iam::aws:policy/NAME for one of AWS's, arn:aws:iam::ACCOUNT:policy/NAME for one of yours",
    parse: |_| Ok(()),
    meant: without_spaces,
};
pub(crate) const ROLE_ARN: Form = Form {
    def: "RoleArn",
    what: "the ARN of a role",
    right: "arn:aws:iam::ACCOUNT:role/NAME, with the 12 digits of the account",
    parse: |_| Ok(()),
    meant: without_spaces,
};

const PRINCIPAL: Form = Form {
    def: "PrincipalPattern",
    what: "a pattern of IAM principals",
    right: PRINCIPAL_RIGHT,
    parse: |text| Pattern::parse(text).map(drop).map_err(|fault| format!("{fault}; write {PRINCIPAL_RIGHT}")),
    meant: without_spaces,
};
const PERMISSION_SET: Form = Form {
    def: "PermissionSetArn",
    what: "the ARN of a permission set",
    right: "arn:aws:sso:::permissionSet/INSTANCE/SET, as IAM Identity Center shows it",
    parse: |_| Ok(()),
    meant: without_spaces,
};
const ACCOUNT: Form = Form {
    def: "AccountId",
    what: "the id of an account",
    right: "the 12 digits of an AWS account, in quotes",
    parse: |_| Ok(()),
    meant: without_spaces,
};
const GROUP: Form = Form {
    def: "GroupId",
    what: "the id of a group",
    right: "the id of a group in IAM Identity Center (in its console: the group's details)",
    parse: |_| Ok(()),
    meant: without_spaces,
};

/// All of them.
static FORMS: [Form; 12] = [
    PROJECT_NAME,
    ROLE_NAME,
    SLACK_USER,
    LISTED,
    CHANNEL,
    DURATION,
    POLICY_ARN,
    ROLE_ARN,
    PRINCIPAL,
    PERMISSION_SET,
    ACCOUNT,
    GROUP,
];

/// The patterns of the schema, ready to match: they keep to what JSON Schema's regular expressions and Rust's share.
static PATTERNS: LazyLock<BTreeMap<&str, Regex>> = LazyLock::new(|| {
    let pattern = |form: &Form| Regex::new(texts(of_def(form.def)?, "pattern").next()?).ok();
    FORMS.iter().filter_map(|form| Some((form.def, pattern(form)?))).collect()
});

/// What a name is not, or the same name as it should be written.
fn name(text: &str, parses: bool) -> Result<(), String> {
    let visible: String = text.chars().filter(|c| !names::is_invisible(*c)).collect();
    // YAML knows two kinds of quotes: any other becomes a part of the name.
    let inner =
        visible.trim().strip_prefix(names::is_quote).and_then(|rest| rest.strip_suffix(names::is_quote));
    let visible = inner.map_or(visible.clone(), str::to_owned);
    let right = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let has_letter = right.chars().any(char::is_alphanumeric);
    if !parses && right == text || !has_letter {
        return Err(NAME_RIGHT.to_owned());
    }
    // A filter of lines would print the two alike, so what is wrong is said in words.
    if right == text { Ok(()) } else { Err(format!("{NAME_RIGHT}; write {}", quoted(&right))) }
}

impl Form {
    /// The form of this name in the schema.
    pub(crate) fn of_def(def: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.def == def)
    }

    /// One that is right.
    pub(crate) fn example(&self) -> &'static str {
        of_def(self.def).and_then(|def| texts(def, "examples").next()).unwrap_or_default()
    }

    /// Whether a text is of this form; if not, what would be.
    pub(crate) fn check(&self, text: &str) -> Result<(), String> {
        let meant = (self.meant)(text);
        let instead = if meant != text && self.takes(&meant) {
            format!("; write {}", quoted(&meant))
        } else {
            String::new()
        };
        let wrong = |right: &str| Err(format!("{} is not {}: {right}{instead}", quoted(text), self.what));
        let max_chars = of_def(self.def).and_then(|def| number(def, "maxLength")).unwrap_or_default();
        if text.chars().count() > max_chars {
            return wrong(&format!("{max_chars} characters at most"));
        }
        if let Err(right) = (self.parse)(text) {
            return wrong(&right);
        }
        if self.matches(text) { Ok(()) } else { wrong(self.right) }
    }

    fn takes(&self, text: &str) -> bool {
        (self.parse)(text).is_ok() && self.matches(text)
    }

    fn matches(&self, text: &str) -> bool {
        PATTERNS.get(self.def).is_some_and(|regex| regex.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_takes_its_example_and_no_nonsense() {
        for form in &FORMS {
            assert_eq!(form.check(form.example()), Ok(()), "{}", form.def);
            for wrong in ["", " ", " x", "x\n", &"x".repeat(3_000)] {
                assert!(form.check(wrong).is_err(), "{}: {wrong:?}", form.def);
            }
        }
    }

    /// A limit that the workers have too is the same here, and what is right is said in one way.
    #[test]
    fn the_schema_and_the_code_agree() {
        for (def, word, limit) in [
            ("ProjectName", "maxLength", domain::ids::NAME_MAX_CHARS),
            ("RoleName", "maxLength", domain::ids::NAME_MAX_CHARS),
            ("SlackUserId", "maxLength", domain::ids::SLACK_ID_MAX_CHARS),
            ("SlackListedId", "maxLength", domain::ids::SLACK_ID_MAX_CHARS),
            ("ChannelId", "maxLength", domain::ids::SLACK_ID_MAX_CHARS),
        ] {
            assert_eq!(number(of_def(def).unwrap(), word), Some(limit), "{def}");
        }
        for list in ["approver_slack_ids", "requester_slack_ids"] {
            let of_project = &of_def("Project").unwrap()["properties"][list];
            assert_eq!(number(of_project, "maxItems"), Some(domain::project::APPROVERS_MAX));
        }
        let role = of_def("Role").unwrap()["oneOf"].as_array().unwrap();
        let role = role.iter().find(|form| form["properties"]["kind"]["const"] == "role").unwrap();
        let properties = &role["properties"];
        assert_eq!(number(&properties["principals"], "maxItems"), Some(domain::principal::PRINCIPALS_MAX));
        let doors: Vec<&str> = texts(&properties["door"], "enum").collect();
        assert_eq!(doors, domain::kind::DoorName::ALL.map(domain::kind::DoorName::as_str));
        let user = of_def("Role").unwrap()["oneOf"].as_array().unwrap();
        let user = user.iter().find(|form| form["properties"]["kind"]["const"] == "user").unwrap();
        let extensions = &user["properties"]["max_extensions"];
        assert_eq!(number(extensions, "maximum"), Some(domain::project::EXTENSIONS_MAX as usize));
        for form in &FORMS {
            let described = texts(of_def(form.def).unwrap(), "description").next().unwrap();
            assert_eq!(described.to_lowercase(), format!("{}.", form.right.to_lowercase()), "{}", form.def);
            assert!(PATTERNS.contains_key(form.def), "{}", form.def);
        }
    }

    #[test]
    fn arns_and_ids() {
        for (form, right) in [
            (&POLICY_ARN, "arn:aws-us-gov:iam::aws:policy/job-function/ViewOnlyAccess"),
            (&POLICY_ARN, "arn:aws:iam::111122223333:policy/team/payments"),
            (&ROLE_ARN, "arn:aws-iso-b:iam::111122223333:role/a/b"),
            (&PRINCIPAL, "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_*/${requester_email}"),
            (&PRINCIPAL, "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*"),
            (&SLACK_USER, "W012AB3CD"),
            (&LISTED, "W012AB3CD"),
            (&LISTED, "S0LEADS"),
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
            (&PRINCIPAL, "*"),
            (&PRINCIPAL, "arn:aws:iam::*:user/dana"),
            (&PRINCIPAL, "arn:aws:iam::111122223333:root"),
            (&PRINCIPAL, "arn:aws:iam::111122223333:user/${aws:username}"),
            (&SLACK_USER, "S0LEADS"),
            (&LISTED, "@leads"),
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
