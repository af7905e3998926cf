//! Patterns of the IAM principals that may assume a grant's own role, as the catalogue writes them.
//!
//! A pattern names one account, and what it matches there. A placeholder in it stands for whoever asked, so that a pattern
//! of many people's names lets in the one person.

use std::fmt;

/// Longest pattern, in characters: what IAM takes as an ARN.
pub const PRINCIPAL_MAX_CHARS: usize = 2_048;
/// Patterns of one role of the catalogue, at most.
pub const PRINCIPALS_MAX: usize = 10;
/// Longest value of a placeholder, in characters: the longest name that IAM takes.
pub const VALUE_MAX_CHARS: usize = 64;
/// The digits of an account.
const ACCOUNT_DIGITS: usize = 12;

/// What stands in a pattern for whoever asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placeholder {
    /// Their email address, as their profile in Slack has it.
    RequesterEmail,
    /// Their id in the identity store of IAM Identity Center.
    IdentityStoreUserId,
}

/// Whoever asked, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Requester<'a> {
    /// Their email address.
    pub email: Option<&'a str>,
    pub identity_store_user_id: Option<&'a str>,
}

/// Why a text is no pattern of a principal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the names say it")]
pub enum PatternFault {
    /// Not the ARN of a principal.
    #[error("it is not the ARN of a user, a role or a role's session")]
    Shape,
    /// The account is not named.
    #[error("its account is not 12 digits: a pattern is for one account")]
    Account,
    /// A placeholder that there is none of.
    #[error("{0} is no placeholder; these are: ${{requester_email}} and ${{identity_store_user_id}}")]
    Placeholder(String),
    /// A character that no name in IAM has.
    #[error("the character {0:?} stands in no name of IAM's")]
    Character(char),
    #[error("it has more than {PRINCIPAL_MAX_CHARS} characters")]
    TooLong,
}

/// Why a placeholder cannot be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueFault {
    /// It is not known of whoever asked.
    #[error("{0} of the requester is not known")]
    Unknown(Placeholder),
    /// It has a character that would mean something else in a pattern, or that no name of IAM's has.
    #[error("{0} of the requester has the character {1:?}, which cannot stand in the name of a principal")]
    Character(Placeholder, char),
    /// It is longer than a name of IAM's, or empty.
    #[error("{0} of the requester is not 1 to {VALUE_MAX_CHARS} characters long")]
    Length(Placeholder),
}

/// A pattern, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern<'a> {
    partition: &'a str,
    account: &'a str,
    whom: Whom<'a>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Whom<'a> {
    /// `user/…` or `role/…`.
    Principal(&'a str),
    /// A session of a role, by the role's name and its own.
    Session { role: &'a str, name: &'a str },
}

/// Who may come in, with every placeholder filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admitted {
    /// Whoever has one of these as `aws:PrincipalArn`.
    ByArn(Vec<String>),
    /// Whoever has one of these as `aws:PrincipalArn`, and this as `aws:userid`.
    BySession {
        /// Patterns of the role.
        arns: Vec<String>,
        /// The pattern of the session's id.
        userid: String,
    },
    /// Whoever has one of these as `aws:PrincipalArn`, and this as `identitystore:UserId`.
    ByIdentityStore {
        /// Patterns of the role.
        arns: Vec<String>,
        /// The person's id.
        user_id: String,
    },
}

impl Placeholder {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::RequesterEmail, Self::IdentityStoreUserId];

    /// How it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RequesterEmail => "${requester_email}",
            Self::IdentityStoreUserId => "${identity_store_user_id}",
        }
    }

    fn value<'a>(self, requester: &Requester<'a>) -> Result<&'a str, ValueFault> {
        let known = match self {
            Self::RequesterEmail => requester.email,
            Self::IdentityStoreUserId => requester.identity_store_user_id,
        };
        let value = known.ok_or(ValueFault::Unknown(self))?;
        if let Some(other) = value.chars().find(|c| !is_of_a_name(*c)) {
            return Err(ValueFault::Character(self, other));
        }
        if value.is_empty() || value.len() > VALUE_MAX_CHARS {
            return Err(ValueFault::Length(self));
        }
        Ok(value)
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RequesterEmail => "the email address",
            Self::IdentityStoreUserId => "the Identity Center user id",
        })
    }
}

impl<'a> Pattern<'a> {
    /// Reads a pattern.
    pub fn parse(text: &'a str) -> Result<Self, PatternFault> {
        if text.chars().count() > PRINCIPAL_MAX_CHARS {
            return Err(PatternFault::TooLong);
        }
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next().unwrap_or_default();
        let (arn, partition, service, region, account, resource) =
            (part(), part(), part(), part(), part(), part());
        let is_partition =
            partition.starts_with("aws") && partition.chars().all(|c| c.is_ascii_lowercase() || c == '-');
        if arn != "arn" || !is_partition || !region.is_empty() {
            return Err(PatternFault::Shape);
        }
        if account.len() != ACCOUNT_DIGITS || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PatternFault::Account);
        }
        check_characters(resource)?;
        let whom = match (service, resource.split_once('/')) {
            ("iam", Some(("user" | "role", name))) if !name.is_empty() => Whom::Principal(resource),
            ("sts", Some(("assumed-role", session))) => match session.split_once('/') {
                Some((role, name)) if !role.is_empty() && !name.is_empty() && !name.contains('/') => {
                    Whom::Session { role, name }
                }
                Some(_) | None => return Err(PatternFault::Shape),
            },
            _ => return Err(PatternFault::Shape),
        };
        Ok(Self { partition, account, whom })
    }

    /// The account's own principal, which lets its policies say who may assume a role.
    #[must_use]
    pub fn account_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.account)
    }

    /// Whether it stands for one person alone: whom else it matches may use the grant too.
    #[must_use]
    pub fn names_the_requester(&self) -> bool {
        Placeholder::ALL.iter().any(|placeholder| self.has(*placeholder))
    }

    /// Whether this placeholder stands in it.
    #[must_use]
    pub fn has(&self, placeholder: Placeholder) -> bool {
        let texts = match self.whom {
            Whom::Principal(resource) => [resource, ""],
            Whom::Session { role, name } => [role, name],
        };
        texts.iter().any(|text| text.contains(placeholder.as_str()))
    }

    /// Whom it lets in, where `requester` asked.
    pub fn admits(&self, requester: &Requester<'_>) -> Result<Admitted, ValueFault> {
        let arn = |resource: &str| format!("arn:{}:iam::{}:{resource}", self.partition, self.account);
        match self.whom {
            Whom::Principal(resource) => {
                let resources = filled(resource, requester)?;
                Ok(Admitted::ByArn(resources.iter().map(|resource| arn(resource)).collect()))
            }
            Whom::Session { role, name } => {
                // A session's ARN leaves out the path of its role.
                let roles = filled(role, requester)?;
                let arns = roles
                    .iter()
                    .flat_map(|role| [arn(&format!("role/{role}")), arn(&format!("role/*/{role}"))]);
                let arns = arns.collect();
                if name == Placeholder::IdentityStoreUserId.as_str() {
                    let user_id = Placeholder::IdentityStoreUserId.value(requester)?.to_owned();
                    return Ok(Admitted::ByIdentityStore { arns, user_id });
                }
                let name = filled(name, requester)?.swap_remove(0);
                Ok(Admitted::BySession { arns, userid: format!("*:{name}") })
            }
        }
    }
}

/// The text with its placeholders filled in; first as the values are written, and again in lower case where that differs, since
/// two systems may write one address in two ways.
fn filled(text: &str, requester: &Requester<'_>) -> Result<Vec<String>, ValueFault> {
    let (mut as_written, mut lower) = (text.to_owned(), text.to_owned());
    for placeholder in Placeholder::ALL {
        if text.contains(placeholder.as_str()) {
            let value = placeholder.value(requester)?;
            as_written = as_written.replace(placeholder.as_str(), value);
            lower = lower.replace(placeholder.as_str(), &value.to_lowercase());
        }
    }
    Ok(if lower == as_written { vec![as_written] } else { vec![as_written, lower] })
}

/// What IAM's names are made of. None of it means anything in a pattern or ends a part of an ARN.
fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || "_+=,.@-".contains(c)
}

fn check_characters(resource: &str) -> Result<(), PatternFault> {
    let mut rest = resource.to_owned();
    for placeholder in Placeholder::ALL {
        rest = rest.replace(placeholder.as_str(), "");
    }
    if let Some((_, after)) = rest.split_once("${") {
        let name = after.split('}').next().unwrap_or(after);
        return Err(PatternFault::Placeholder(format!("${{{name}}}")));
    }
    match rest.chars().find(|c| !is_of_a_name(*c) && !"/*?".contains(*c)) {
        Some(other) => Err(PatternFault::Character(other)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DANA: Requester<'_> =
        Requester { email: Some("dana@example.com"), identity_store_user_id: Some("d-1234-abcd") };

    fn admits(text: &str) -> Admitted {
        Pattern::parse(text).unwrap().admits(&DANA).unwrap()
    }

    #[test]
    fn a_pattern_says_whom_it_lets_in() {
        assert_eq!(
            admits("arn:aws:iam::111122223333:user/people/${requester_email}"),
            Admitted::ByArn(vec!["arn:aws:iam::111122223333:user/people/dana@example.com".into()])
        );
        assert_eq!(
            admits("arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_*/${requester_email}"),
            Admitted::BySession {
                arns: vec![
                    "arn:aws:iam::111122223333:role/AWSReservedSSO_Dev_*".into(),
                    "arn:aws:iam::111122223333:role/*/AWSReservedSSO_Dev_*".into()
                ],
                userid: "*:dana@example.com".into()
            }
        );
        let by_id = admits("arn:aws:sts::111122223333:assumed-role/Dev/${identity_store_user_id}");
        assert!(matches!(by_id, Admitted::ByIdentityStore { user_id, .. } if user_id == "d-1234-abcd"));
        let all =
            "arn:aws-us-gov:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Dev_*";
        let all = Pattern::parse(all).unwrap();
        assert!(!all.names_the_requester());
        assert_eq!(all.account_arn(), "arn:aws-us-gov:iam::111122223333:root");
    }

    #[test]
    fn an_address_is_matched_as_written_and_in_lower_case() {
        let shouting = Requester { email: Some("Dana@Example.com"), identity_store_user_id: None };
        let pattern = Pattern::parse("arn:aws:iam::111122223333:user/${requester_email}").unwrap();
        let Admitted::ByArn(arns) = pattern.admits(&shouting).unwrap() else { panic!() };
        assert_eq!(arns.len(), 2);
        assert!(arns[1].ends_with("user/dana@example.com"));
    }

    #[test]
    fn what_would_mean_something_else_in_a_pattern_is_refused() {
        let pattern = Pattern::parse("arn:aws:iam::111122223333:user/${requester_email}").unwrap();
        for value in [
            "*@example.com",
            "d?na@example.com",
            "${x}@e.com",
            "a/b@e.com",
            "a:b@e.com",
            "o'b@e.com",
            "ü@e.com",
        ] {
            let refused = pattern.admits(&Requester { email: Some(value), identity_store_user_id: None });
            assert!(matches!(refused, Err(ValueFault::Character(Placeholder::RequesterEmail, _))), "{value}");
        }
        for value in ["", &"x".repeat(65)] {
            let refused = pattern.admits(&Requester { email: Some(value), identity_store_user_id: None });
            assert_eq!(refused, Err(ValueFault::Length(Placeholder::RequesterEmail)), "{value}");
        }
        let unknown = pattern.admits(&Requester::default());
        assert_eq!(unknown, Err(ValueFault::Unknown(Placeholder::RequesterEmail)));
    }

    #[test]
    fn what_is_no_pattern() {
        for (text, fault) in [
            ("", PatternFault::Shape),
            ("*", PatternFault::Shape),
            ("111122223333", PatternFault::Shape),
            ("arn:aws:iam::111122223333:root", PatternFault::Shape),
            ("arn:aws:iam::111122223333:*", PatternFault::Shape),
            ("arn:aws:iam::111122223333:group/x", PatternFault::Shape),
            ("arn:aws:iam::*:user/x", PatternFault::Account),
            ("arn:aws:iam::1111:user/x", PatternFault::Account),
            ("arn:aws:sts::111122223333:assumed-role/x", PatternFault::Shape),
            ("arn:aws:sts::111122223333:assumed-role/x/y/z", PatternFault::Shape),
            (
                "arn:aws:iam::111122223333:user/${aws:username}",
                PatternFault::Placeholder("${aws:username}".into()),
            ),
            ("arn:aws:iam::111122223333:user/a b", PatternFault::Character(' ')),
            ("arn:aws:iam::111122223333:user/a$", PatternFault::Character('$')),
        ] {
            assert_eq!(Pattern::parse(text), Err(fault), "{text}");
        }
    }
}
