//! Access through IAM Identity Center: how people get in, what they keep, and how long sessions go on. Nothing here is a credential:
//! each way needs the person's own sign-in.

use domain::Request;
use domain::kind::RoleKind;
use domain::request::SignIn;

use crate::messages::{access, approver, is_by_sign_in, when};
use crate::text;

/// What the requester is told of a live grant, with how to get in.
pub(super) fn granted(request: &Request, shortened: &str) -> Option<String> {
    if !is_by_sign_in(request) {
        return None;
    }
    let until = request.access.expires_at.map(when).unwrap_or_default();
    let ends = if request.access.had_before {
        " You had it already, so nothing was changed, and it stays after that."
    } else {
        ""
    };
    Some(format!(
        ":key: {} approved your request for {}{shortened}. You have it until {until}.{ends} {}{}",
        approver(request),
        access(request),
        way_in(request),
        sessions(request).map(|text| format!(" {text}")).unwrap_or_default(),
    ))
}

/// The link, which needs the person's own sign-in.
fn way_in(request: &Request) -> String {
    let Some(sign_in) = &request.access.sign_in else {
        return "Sign in at the AWS access portal.".to_owned();
    };
    let grant = request.decision.grant.as_ref();
    if let Some(RoleKind::PermissionSet { account_id, .. }) = grant.map(|grant| &grant.role) {
        let console = text::escape(&console_url(sign_in, account_id));
        return format!("<{console}|Open the AWS console>, as yourself.");
    }
    format!("<{}|Sign in at the AWS access portal>, as yourself.", text::escape(&sign_in.portal_url))
}

/// What goes into `~/.aws/config`, and the command after it.
pub(super) fn command_line(request: &Request) -> Option<String> {
    let sign_in = request.access.sign_in.as_ref()?;
    let RoleKind::PermissionSet { account_id, .. } = &request.decision.grant.as_ref()?.role else {
        return None;
    };
    let (profile, role_name) = (request.profile_name(), sign_in.role_name.as_deref()?);
    let lines = format!(
        "[sso-session keylease]\nsso_start_url = {}\nsso_region = {}\nsso_registration_scopes = sso:account:access\n\n\
         [profile {profile}]\nsso_session = keylease\nsso_account_id = {account_id}\nsso_role_name = {role_name}",
        sign_in.portal_url, sign_in.region,
    );
    Some(format!(
        "On the command line, put this into `~/.aws/config` and run `aws sso login --profile {profile}`:\n```{}```",
        text::escape(&lines)
    ))
}

/// Until when a session may go on, where nothing ends one.
pub(super) fn sessions(request: &Request) -> Option<String> {
    let until = request.access.sessions_until.filter(|_| !request.access.had_before)?;
    if closes_early(request)
        && let Some(taken_away_at) = request.taken_away_at()
    {
        return Some(format!(
            "A session can be opened until {}: then it is taken away, so that no session goes on after {}.",
            when(taken_away_at),
            when(until)
        ));
    }
    Some(format!(
        "A session that is opened just before the end may go on until {}: nothing ends one.",
        when(until)
    ))
}

/// The same, before there is an end: for whoever decides.
pub(super) fn sessions_go_on(request: &Request, role: &RoleKind) -> Option<String> {
    let seconds = request.access.session_seconds?;
    let lasts = domain::GrantDuration::from_seconds(seconds.into()).ok()?;
    if role.closes_early() {
        return Some(format!(
            "It is taken away {lasts} before the end, so that no session goes on after it."
        ));
    }
    Some(format!(
        "A session that is opened just before the end may go on for {lasts} after it: nothing ends one."
    ))
}

/// Whether what was granted is taken away so long before the end that no session outlives it.
pub(super) fn closes_early(request: &Request) -> bool {
    request.decision.grant.as_ref().is_some_and(|grant| grant.role.closes_early())
}

fn console_url(sign_in: &SignIn, account_id: &str) -> String {
    let portal = sign_in.portal_url.trim_end_matches('/');
    let role_name = sign_in.role_name.as_deref().unwrap_or_default();
    format!("{portal}/#/console?account_id={account_id}&role_name={}", encoded(role_name))
}

/// Permission sets' names have letters, digits and `+=,.@-_`.
fn encoded(name: &str) -> String {
    let one = |c: char| match c {
        '+' => "%2B".to_owned(),
        '=' => "%3D".to_owned(),
        ',' => "%2C".to_owned(),
        '@' => "%40".to_owned(),
        other => other.to_string(),
    };
    name.chars().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_names_the_account_and_the_role() {
        let sign_in = SignIn {
            portal_url: "https://example.awsapps.com/start".into(),
            region: "eu-central-1".into(),
            role_name: Some("Power+User".into()),
        };
        assert_eq!(
            console_url(&sign_in, "111122223333"),
            "https://example.awsapps.com/start/#/console?account_id=111122223333&role_name=Power%2BUser"
        );
    }
}
