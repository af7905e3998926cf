//! `keylease grants show ID`: one request with everything that there is of it.
//!
//! Each part is read on its own: one that cannot be read says why, and the rest is shown.

mod approvers;
mod iam;
mod part;
mod people;
mod policies;
mod record;
mod schedule;

use aws::sts::in_account;
use domain::{Request, RequestId};
use serde::Serialize;

use super::id::{request_id, unknown};
use crate::env::Env;
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};
use part::Part;

/// The name of the session in which an operator looks into another account.
const SESSION_NAME: &str = "keylease-operator";

pub(super) async fn show(id: &str, as_json: bool, env: &Env) -> Result<(), Failure> {
    let id = request_id(id)?;
    let store = env.store().await?;
    let request = match store.request(&id).await {
        Ok(None) => return Err(unknown(&id)),
        Ok(Some(request)) => Part::Found(request),
        Err(error) => Part::Unreadable(error.to_string()),
    };
    let record = request.found();
    let aws = env.aws().await?;
    let elsewhere = record.and_then(|record| record.decision.grant.as_ref()?.account_role_arn.as_deref());
    let account = in_account(aws, elsewhere, SESSION_NAME).await;
    let (approvers, in_iam, in_scheduler) = tokio::join!(
        approvers::look(env, &store, record),
        iam::look(&store, &account, &id, record),
        schedule::look(env, aws, &id),
    );
    let details = RequestDetails {
        request_id: id,
        request,
        approvers,
        iam: in_iam,
        schedule: in_scheduler,
        now: env.clock.now(),
    };
    env.terminal.show(&details, as_json)?;
    if details.is_complete() {
        return Ok(());
    }
    Err(Failure::new("not everything could be read").hint("each part that could not be read says why"))
}

#[derive(Debug, Serialize)]
struct RequestDetails {
    request_id: RequestId,
    request: Part<Request>,
    approvers: Part<approvers::Approvers>,
    iam: iam::InIam,
    schedule: Part<Option<schedule::Schedule>>,
    now: domain::UnixSeconds,
}

impl RequestDetails {
    fn is_complete(&self) -> bool {
        self.request.found().is_some()
            && self.approvers.found().is_some()
            && self.schedule.found().is_some()
            && self.iam.is_complete()
    }
}

impl Shown for RequestDetails {
    fn text(&self, terminal: &Terminal) -> String {
        let record = self.request.found();
        let title = record.map_or_else(|| format!("Request {}", self.request_id), record::title);
        let sections = [
            (title, self.request.lines(terminal, |request| record::lines(request, self.now))),
            ("History".to_owned(), record.map(record::history).unwrap_or_default()),
            (
                "Who can decide, by the catalogue as of today".to_owned(),
                self.approvers.lines(terminal, approvers::Approvers::lines),
            ),
            ("In IAM".to_owned(), self.iam.lines(terminal, record)),
            (
                "In EventBridge Scheduler".to_owned(),
                self.schedule.lines(terminal, |found| schedule::lines(found.as_ref())),
            ),
            ("Messages in Slack".to_owned(), record.map(record::messages).unwrap_or_default()),
        ];
        let sections = sections.iter().filter(|(_, lines)| !lines.is_empty()).map(|(title, lines)| {
            let lines: String = lines.iter().map(|line| format!("\n  {line}")).collect();
            format!("{}{lines}", terminal.bold(title))
        });
        sections.collect::<Vec<_>>().join("\n\n")
    }
}
