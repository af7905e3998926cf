//! Slack: whether the token works, and whether it may do what the workers do.

use service::secret::BotToken;
use slack::{SCOPES, token_seen};

use super::finding::Finding;
use super::ground::Ground;

const CHECK: &str = "slack token";

pub(super) async fn check(ground: &Ground<'_>) -> Vec<Finding> {
    let settings = &ground.settings;
    let (Some(token), Some(api_url)) = (&settings.bot_token, &settings.slack_api_url) else {
        let mend = "set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_ARN in this shell";
        return vec![Finding::warn(CHECK, "could not be checked", mend)];
    };
    let token = match aws::secrets::read(token, ground.aws).await {
        Ok(token) => BotToken::new(token),
        Err(error) => {
            let mend = "see that the secret is there, and that these credentials may read it";
            return vec![Finding::fail(CHECK, error.to_string(), mend)];
        }
    };
    let seen = match token_seen(api_url, &token).await {
        Ok(seen) => seen,
        Err(error) => {
            let mend = "install the app in the workspace again, and take the token from there";
            return vec![Finding::fail(CHECK, error.to_string(), mend)];
        }
    };
    let works = Finding::ok(CHECK, format!("works as {} in {}", seen.user, seen.team));
    let scopes = if seen.scopes.is_empty() {
        let mend = "see in the app's settings that it has them all";
        vec![Finding::warn("slack scopes", "could not be checked: Slack did not say", mend)]
    } else {
        let missing = SCOPES.iter().filter(|(scope, _)| !seen.scopes.contains(*scope));
        missing
            .map(|(scope, why)| {
                let mend = "add it in the app's settings, and install the app again";
                Finding::fail("slack scopes", format!("{scope} is missing, {why}"), mend)
            })
            .collect()
    };
    let all = SCOPES.map(|(scope, _)| scope).join(", ");
    let scopes = if scopes.is_empty() { vec![Finding::ok("slack scopes", all)] } else { scopes };
    [vec![works], scopes].concat()
}
