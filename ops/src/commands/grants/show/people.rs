//! Slack's own record of people: which ids are one person's, and whose account is active. A decision is judged by it.

use domain::SlackUserId;
use domain::authorization::People;
use service::config::DoctorSettings;
use service::secret::BotToken;
use slack::{Slack, is_unknown_person, unknown_decider};

use crate::env::Env;

/// People whom one command asks Slack about, at most: it lets an app ask about some hundred a minute.
const PEOPLE_MAX: usize = 50;

/// Looks everybody up once, or says why Slack could not be asked.
pub(super) async fn look_up<'a>(
    env: &Env,
    everybody: impl Iterator<Item = &'a SlackUserId>,
) -> Result<People, String> {
    let slack = slack(env).await?;
    let mut people = People::default();
    let mut asked = 0;
    for person in everybody {
        if people.knows(person) {
            continue;
        }
        if asked == PEOPLE_MAX {
            return Err(format!("there are more than {PEOPLE_MAX} people"));
        }
        asked += 1;
        let found = match slack.person(person).await {
            Ok(found) => found.as_decider(person),
            Err(error) if is_unknown_person(&error) => unknown_decider(person),
            Err(error) => return Err(error.to_string()),
        };
        people.add(found);
    }
    Ok(people)
}

async fn slack(env: &Env) -> Result<Slack, String> {
    let settings = DoctorSettings::from_lookup(&|name| env.variable(name));
    let (Some(token), Some(api_url)) = (settings.bot_token, settings.slack_api_url) else {
        return Err("set SLACK_BOT_TOKEN or SLACK_BOT_TOKEN_ARN in this shell".to_owned());
    };
    let aws = env.aws().await.map_err(|_| "this shell names no AWS region".to_owned())?;
    let token = aws::secrets::read(&token, aws).await.map_err(|error| error.to_string())?;
    Slack::new(&api_url, &BotToken::new(token)).map_err(|error| error.to_string())
}
