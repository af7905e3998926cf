//! Whether the people are there who could approve: an approver whose account is gone approves nothing.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Project, SlackUserId};
use service::secret::BotToken;
use slack::Slack;

use super::promises::CHECK;
use crate::context::Context;
use crate::finding::Finding;

/// People whom Slack is asked about, at most: it lets an app ask about some hundred a minute.
const PEOPLE_MAX: usize = 100;
const FIX: &str = "name others with keylease projects apply";

pub(super) async fn check(ctx: &Context<'_>, projects: &[Project]) -> Vec<Finding> {
    // Slack's own check says what is wrong with the token.
    let Some(slack) = slack(ctx).await else { return Vec::new() };
    let mut people: BTreeMap<&SlackUserId, Option<&'static str>> = BTreeMap::new();
    for person in projects.iter().flat_map(approvers) {
        if people.len() < PEOPLE_MAX && !people.contains_key(person) {
            let Ok(standing) = standing(&slack, person).await else { return Vec::new() };
            people.insert(person, standing);
        }
    }
    projects.iter().filter_map(|project| look(project, &people)).collect()
}

async fn slack(ctx: &Context<'_>) -> Option<Slack> {
    let token = aws::secrets::read(ctx.settings.bot_token.as_ref()?, ctx.aws).await.ok()?;
    Slack::new(ctx.settings.slack_api_url.as_deref()?, &BotToken::new(token)).ok()
}

/// What keeps somebody from approving; nothing where nothing does.
async fn standing(slack: &Slack, person: &SlackUserId) -> Result<Option<&'static str>, service::CallError> {
    if person.is_user_group() {
        return match slack.members(person).await {
            Ok(members) => Ok(members.is_empty().then_some("is a user group without members, or gone")),
            Err(error) if error.is("missing_scope") => {
                Ok(Some("is a user group, and the app lacks the scope usergroups:read"))
            }
            Err(error) => Err(error),
        };
    }
    match slack.person(person).await {
        Ok(person) if person.deactivated => Ok(Some("is deactivated")),
        Ok(person) if person.is_bot => Ok(Some("is a bot")),
        Ok(_) => Ok(None),
        Err(error) if error.is("user_not_found") => Ok(Some("is not known to Slack")),
        Err(error) => Err(error),
    }
}

/// Everybody and every user group that may approve something in it, each once.
fn approvers(project: &Project) -> BTreeSet<&SlackUserId> {
    project.roles.keys().flat_map(|role| project.approvers(role)).collect()
}

fn look(project: &Project, people: &BTreeMap<&SlackUserId, Option<&'static str>>) -> Option<Finding> {
    let approvers = approvers(project);
    let standing = |person: &SlackUserId| people.get(person).copied().flatten();
    let out: Vec<_> = approvers.iter().filter_map(|person| Some((*person, standing(person)?))).collect();
    let left = approvers.len().saturating_sub(out.len());
    // How many are in a group that has members was not counted here.
    let groups = approvers.iter().any(|id| id.is_user_group() && !out.iter().any(|(gone, _)| gone == id));
    let needed = project.roles.values().map(|role| role.approvals_required as usize).max().unwrap_or(1);
    let all =
        |words: fn(&(&SlackUserId, &str)) -> String| out.iter().map(words).collect::<Vec<_>>().join(", ");
    let (name, who) = (&project.project, all(|(person, why)| format!("{person} {why}")));
    match (out.len(), left) {
        (0, _) => None,
        (_, 0) => Some(Finding::fail(CHECK, format!("nobody can approve for {name}: {who}"), FIX)),
        (_, left) if left < needed && !groups => {
            let detail = format!("{needed} must agree for {name}, and {left} can: {who}");
            Some(Finding::fail(CHECK, detail, FIX))
        }
        _ => {
            let who = all(|(person, why)| format!("{why} ({person})"));
            Some(Finding::warn(CHECK, format!("an approver of {name} {who}"), FIX))
        }
    }
}
