//! People with live grants whose accounts Slack has deactivated, where its event did not say so or did not arrive.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::job::PersonLeft;
use domain::{Job, SlackUserId};
use tracing::{info, warn};

use crate::context::Context;
use crate::failure::Failure;

/// So long is spent on all of them: a Slack that does not answer must not hold up what takes access away.
const ASKED_WITHIN: Duration = Duration::from_secs(15);

/// Asks Slack about people with live grants, and has those who left lose them. What fails is tried by the next sweep.
pub(crate) async fn sweep(context: &Context, people: &BTreeSet<SlackUserId>) {
    let asked = tokio::time::timeout(ASKED_WITHIN, ask(context, people)).await;
    match asked {
        Ok(Ok(())) => {}
        Ok(Err(failure)) => warn!(?failure, "whether people with live grants have left Slack is not known"),
        Err(_) => warn!("whether people with live grants have left Slack is not known: Slack is slow"),
    }
}

async fn ask(context: &Context, people: &BTreeSet<SlackUserId>) -> Result<(), Failure> {
    for id in context.last_asked.due(people, context.now()) {
        match context.slack.person(&id).await {
            Ok(person) if person.deactivated => {
                info!(person = %id, "their account is deactivated, so their grants end");
                let left = PersonLeft { user_ids: person.ids, left_at: context.now() };
                context.jobs.send(&Job::PersonLeft(left)).await?;
                // The next sweep asks again where something is left: what was being taken in while the others ended.
                continue;
            }
            Ok(_) => {}
            // One whom the app cannot see may be of another workspace: that says nothing of their account.
            Err(error) if slack::is_unknown_person(&error) => {}
            Err(error) => return Err(error.into()),
        }
        context.last_asked.remember(&id, context.now());
    }
    Ok(())
}
