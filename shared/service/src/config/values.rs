//! What the values of variables have to look like. A malformed one is named at start, not by the first call that fails.

use std::net::SocketAddr;

use domain::{DeploymentId, EmailAddress, GrantDuration};

use super::reader::Parsed;
use crate::telemetry::{LogFormat, directives_fault};

/// Longest name of a table, or ARN of one.
const TABLE_MAX_CHARS: usize = 1_024;
/// Longest name of an index.
const INDEX_MAX_CHARS: usize = 255;
/// Longest name of a schedule group, and of a configuration set.
const NAME_MAX_CHARS: usize = 64;

pub(super) fn socket(text: &str, like: &str) -> Parsed<SocketAddr> {
    text.parse().map_err(|_| format!("`{text}` is not an address and port like {like}"))
}

pub(super) fn metrics_socket(text: &str) -> Parsed<SocketAddr> {
    socket(text, "127.0.0.1:9464")
}

pub(super) fn url(text: &str) -> Parsed<String> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    match rest {
        Some(rest) if !authority(rest).is_empty() && !text.contains(char::is_whitespace) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        Some(_) | None => Err(format!("`{text}` is not a URL")),
    }
}

/// `https://`, or `http://` to this machine: the token must not cross a network in the clear.
pub(super) fn slack_url(text: &str) -> Parsed<String> {
    let url = url(text)?;
    let Some(rest) = url.strip_prefix("http://") else { return Ok(url) };
    let authority = authority(rest);
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next(),
        // What stands before an `@` is no host.
        None => authority.split(':').next().filter(|_| !authority.contains('@')),
    };
    match host {
        Some("localhost" | "::1") => Ok(url),
        Some(host) if host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()) => Ok(url),
        _ => Err(format!("`{text}` is plain http to another machine; use https")),
    }
}

/// Where people open pages: `https://`, or `http://` to this machine, since what they claim must not be read on the way.
pub(super) fn public_url(text: &str) -> Parsed<String> {
    slack_url(text)
}

/// Where sessions are sent to sign in: `https://`, or `http://` to this machine.
pub(super) fn sign_in_url(text: &str) -> Parsed<String> {
    slack_url(text)
}

fn authority(rest: &str) -> &str {
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

/// The ARN of an IAM role.
pub(super) fn role_arn(text: &str) -> Parsed<String> {
    arn(text, "iam", "role/", "an IAM role, such as arn:aws:iam::111122223333:role/NAME")
}

/// The ARN of an IAM policy.
pub(super) fn policy_arn(text: &str) -> Parsed<String> {
    arn(text, "iam", "policy/", "an IAM policy, such as arn:aws:iam::111122223333:policy/NAME")
}

/// The ARN of an SQS queue.
pub(super) fn queue_arn(text: &str) -> Parsed<String> {
    arn(text, "sqs", "", "an SQS queue, such as arn:aws:sqs:eu-central-1:111122223333:NAME")
}

/// The ARN of an instance of IAM Identity Center.
pub(super) fn instance_arn(text: &str) -> Parsed<String> {
    arn(
        text,
        "sso",
        "instance/",
        "an instance of IAM Identity Center, such as arn:aws:sso:::instance/ssoins-72231a2b3c4d5e6f",
    )
}

/// The id of an identity store.
pub(super) fn identity_store(text: &str) -> Parsed<String> {
    name(text, "-", NAME_MAX_CHARS, "the id of an identity store, such as d-9067a1b2c3")
}

/// The name of a region.
pub(super) fn region(text: &str) -> Parsed<String> {
    name(text, "-", NAME_MAX_CHARS, "the name of an AWS region")
}

/// Where people sign in: never in the clear.
pub(super) fn portal_url(text: &str) -> Parsed<String> {
    let url = url(text)?;
    if url.starts_with("https://") { Ok(url) } else { Err(format!("`{text}` is not an https:// address")) }
}

fn arn(text: &str, service: &str, kind: &str, what: &str) -> Parsed<String> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, of, _, _, resource]
            if *of == service && resource.strip_prefix(kind).is_some_and(|name| !name.is_empty()) =>
        {
            Ok(text.to_owned())
        }
        _ => Err(format!("`{text}` is not the ARN of {what}")),
    }
}

/// An address, alone or with a name: `Keylease <keylease@example.com>`.
pub(super) fn address(text: &str) -> Parsed<String> {
    let named = text.strip_suffix('>').and_then(|text| text.rsplit_once('<'));
    let address = named.map_or(text, |(_, address)| address);
    match EmailAddress::parse(address) {
        Ok(_) => Ok(text.to_owned()),
        Err(why) => Err(format!("`{text}` is not an email address: {why}")),
    }
}

/// SES's own rule for these names.
pub(super) fn configuration_set(text: &str) -> Parsed<String> {
    name(text, "_-", NAME_MAX_CHARS, "the name of a configuration set")
}

/// A table's name or ARN.
pub(super) fn table(text: &str) -> Parsed<String> {
    name(text, "_-.:/", TABLE_MAX_CHARS, "the name of a DynamoDB table")
}

/// An index's name.
pub(super) fn index(text: &str) -> Parsed<String> {
    name(text, "_-.", INDEX_MAX_CHARS, "the name of a DynamoDB index")
}

/// A schedule group's name.
pub(super) fn schedule_group(text: &str) -> Parsed<String> {
    name(text, "_-.", NAME_MAX_CHARS, "the name of a schedule group")
}

fn name(text: &str, signs: &str, max_chars: usize, what: &str) -> Parsed<String> {
    let fits = text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
    if fits && text.len() <= max_chars {
        return Ok(text.to_owned());
    }
    let signs: Vec<String> = signs.chars().map(|sign| format!("`{sign}`")).collect();
    Err(format!("`{text}` is not {what}: up to {max_chars} of a-z, A-Z, 0-9, {}", signs.join(", ")))
}

/// Levels by target.
pub(super) fn log_directives(text: &str) -> Parsed<()> {
    match directives_fault(text) {
        None => Ok(()),
        Some(why) => Err(format!(
            "`{text}` is not understood ({why}); write levels by target, as in info,ingress=debug"
        )),
    }
}

pub(super) fn log_format(text: &str) -> Parsed<LogFormat> {
    match text {
        "json" => Ok(LogFormat::Json),
        "pretty" => Ok(LogFormat::Pretty),
        _ => Err(format!("`{text}` is neither `json` nor `pretty`")),
    }
}

pub(super) fn deployment(text: &str) -> Parsed<DeploymentId> {
    DeploymentId::parse(text).map_err(|why| format!("`{text}` cannot be used: {why}"))
}

pub(super) fn duration(text: &str) -> Parsed<GrantDuration> {
    GrantDuration::parse(text).map_err(|why| format!("`{text}` is not a duration like 15m or 24h: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_goes_in_the_clear_to_this_machine_alone() {
        for url in
            ["https://slack.com/api", "http://localhost:9/api", "http://127.0.0.1/", "http://[::1]:80/api"]
        {
            assert!(slack_url(url).is_ok(), "{url}");
        }
        for url in [
            "http://slack.com/api",
            "http://localhost.example.com/api",
            "http://localhost@example.com/api",
            "http://localhost:80@example.com/api",
            "http://127.0.0.1:80@example.com",
            "https://",
            "https:///api",
            "https://slack.com /api",
            "slack.com/api",
        ] {
            assert!(slack_url(url).is_err(), "{url}");
        }
    }

    #[test]
    fn an_arn_is_one_of_what_it_should_name() {
        let role = "arn:aws:iam::111122223333:role/scheduler";
        let queue = "arn:aws-cn:sqs:cn-north-1:111122223333:revoke-dlq";
        let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
        assert!(role_arn(role).is_ok() && queue_arn(queue).is_ok() && policy_arn(policy).is_ok());
        for text in ["nonsense", "arn:aws:iam", "arn:aws:iam::1:role/", queue, policy, ""] {
            assert!(role_arn(text).is_err(), "{text}");
        }
        assert!(queue_arn(role).is_err() && policy_arn(role).is_err());
    }

    #[test]
    fn names_are_those_that_aws_takes() {
        assert!(table("keylease-requests_1.x").is_ok() && index("open").is_ok());
        assert!(table("arn:aws:dynamodb:eu-central-1:111122223333:table/requests").is_ok());
        for text in ["two words", "naïve", "a*b"] {
            let all = [table(text), index(text), schedule_group(text), configuration_set(text)];
            assert!(all.iter().all(Result::is_err), "{text}");
        }
        assert!(address("keylease@example.com").is_ok() && address("Keylease <k@example.com>").is_ok());
        for text in ["keylease", "@", "k@", "@example.com", "k k@example.com", "Keylease <>"] {
            assert!(address(text).is_err(), "{text}");
        }
    }
}
