//! How a person gets into a role that was made for them: nothing of it is a secret.

use domain::Request;
use domain::kind::Door;

use crate::blocks::{Block, section};
use crate::messages::{NAME_MAX_CHARS, is_role};
use crate::text;

/// Longest ARN that is shown, in characters: more than any role of ours has.
const ARN_MAX_CHARS: usize = 256;

/// The lines for `~/.aws/config` and the console's link; nothing where it is no role.
pub(crate) fn way_in(request: &Request) -> Vec<Block> {
    let Some(arn) = arn(request) else { return Vec::new() };
    match door(request) {
        Some(Door::AccountAccess) => return by_account_access(request, arn),
        // It is on the machine that claimed it.
        Some(Door::Claim) => return Vec::new(),
        Some(Door::AssumeRole { .. }) | None => {}
    }
    let profile = request.profile_name();
    let lines = format!("[profile {profile}]\nrole_arn = {arn}\nsource_profile = default");
    let cli = format!(
        "To use it, add this to `~/.aws/config`, with the name of your own profile as `source_profile`:\n```{}```\n\
         and try it: {}",
        text::escape(&lines),
        text::code(&format!("aws sts get-caller-identity --profile {profile}"), ARN_MAX_CHARS)
    );
    let console = console_link(arn, request)
        .map(|link| format!("Or <{link}|switch to it in the console>, signed in as yourself."));
    let early = "If AWS answers AccessDenied at first, it does not know yet that you may: wait up to a minute and try again.";
    let mut blocks = vec![section(&cli)];
    blocks.push(section(&console.map_or_else(|| early.to_owned(), |link| format!("{link} {early}"))));
    blocks
}

/// The portal's link, which needs the person's own sign-in.
fn by_account_access(request: &Request, arn: &str) -> Vec<Block> {
    let Some(sign_in) = &request.access.sign_in else { return Vec::new() };
    let profile = request.profile_name();
    let text = format!(
        "<{}|Sign in at account access manager>, as yourself, and choose {}.\nOn the command line, run {} (AWS CLI 2.32 or \
         later) and choose it there. If it is not there at first, wait up to a minute.",
        text::escape(&sign_in.portal_url),
        text::code(arn, ARN_MAX_CHARS),
        text::code(&format!("aws login --profile {profile}"), ARN_MAX_CHARS)
    );
    vec![section(&text)]
}

fn door(request: &Request) -> Option<&Door> {
    request.decision.grant.as_ref()?.role.door()
}

/// The role's ARN, as people copy it.
pub(crate) fn shown_arn(request: &Request) -> Option<String> {
    arn(request).map(|arn| text::code(arn, ARN_MAX_CHARS))
}

/// The role of a grant that is one of its own.
fn arn(request: &Request) -> Option<&str> {
    request.access.principal.as_deref().filter(|_| is_role(request))
}

/// `https://signin.aws.amazon.com/switchrole?…`, where `&` is written as Slack wants it.
fn console_link(arn: &str, request: &Request) -> Option<String> {
    let mut parts = arn.splitn(6, ':');
    let (partition, account, resource) = (parts.nth(1)?, parts.nth(2)?, parts.next()?);
    let host = match partition {
        "aws-cn" => "signin.amazonaws.cn",
        "aws-us-gov" => "signin.amazonaws-us-gov.com",
        _ => "signin.aws.amazon.com",
    };
    let role = resource.strip_prefix("role/")?.replace('/', "%2F");
    let name = format!("{}-{}", request.ask.project, request.ask.role);
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(NAME_MAX_CHARS).collect();
    Some(format!("https://{host}/switchrole?account={account}&amp;roleName={role}&amp;displayName={name}"))
}
