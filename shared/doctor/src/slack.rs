//! Slack: whether the token works, and whether it may do what the workers do.

use service::secret::BotToken;
use slack::{SCOPES, token_seen};

use crate::context::Context;
use crate::finding::Finding;

const CHECK: &str = "slack token";
const SCOPES_CHECK: &str = "slack scopes";

pub(crate) async fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let settings = &ctx.settings;
    let (Some(token), Some(api_url)) = (&settings.bot_token, &settings.slack_api_url) else {
        let fix = "set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_ARN in this shell";
        return vec![Finding::unchecked(CHECK, fix)];
    };
    let token = match aws::secrets::read(token, ctx.aws).await {
        Ok(token) => BotToken::new(token),
        Err(error) => {
            let fix = "see that the secret is there, and that these credentials may read it";
            return vec![Finding::fail(CHECK, error.to_string(), fix)];
        }
    };
    let seen = match token_seen(api_url, &token).await {
        Ok(seen) => seen,
        Err(error) => {
            let fix = "install the app in the workspace again, and take the token from there";
            return vec![Finding::fail(CHECK, error.to_string(), fix)];
        }
    };
    let mut found = vec![Finding::ok(CHECK, format!("works as {} in {}", seen.user, seen.team))];
    if seen.scopes.is_empty() {
        let fix = "see in the app's settings that it has them all";
        found.push(Finding::warn(SCOPES_CHECK, "could not be checked: Slack did not say", fix));
        return found;
    }
    for (scope, why) in SCOPES.iter().filter(|(scope, _)| !seen.scopes.contains(*scope)) {
        let fix = "add it in the app's settings, and install the app again";
        found.push(Finding::fail(SCOPES_CHECK, format!("{scope} is missing, {why}"), fix));
    }
    if found.len() == 1 {
        found.push(Finding::ok(SCOPES_CHECK, SCOPES.map(|(scope, _)| scope).join(", ")));
    }
    found
}
