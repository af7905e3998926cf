//! `keylease grants show ID`: one request with everything that there is of it.
//!
//! Each part is read on its own: one that cannot be read says why, and the rest is shown.

mod approvers;
mod iam;
mod record;
mod schedule;

use aws::sts::in_account;
use domain::{Request, RequestId};
use serde::Serialize;

use crate::env::Env;
use crate::failure::Failure;
use crate::terminal::{Shown, Terminal};

/// The name of the session in which an operator looks into another account.
const SESSION_NAME: &str = "keylease-operator";

/// Shows it.
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
    let elsewhere = record.and_then(|record| record.grant.as_ref()?.account_role_arn.as_deref());
    let account = in_account(aws, elsewhere, SESSION_NAME).await;
    let (approvers, in_iam, in_scheduler) = tokio::join!(
        approvers::look(&store, record),
        iam::look(&account, &id, record),
        schedule::look(env, aws, &id),
    );
    let whole = Whole {
        request_id: id,
        request,
        approvers,
        iam: in_iam,
        schedule: in_scheduler,
        now: env.clock.now(),
    };
    env.terminal.show(&whole, as_json)?;
    if whole.is_complete() {
        return Ok(());
    }
    Err(Failure::new("not everything could be read").hint("each part that could not be read says why"))
}

/// A request's id, as it is typed: the name of its IAM user or schedule will do.
pub(super) fn request_id(typed: &str) -> Result<RequestId, Failure> {
    let bare = typed.strip_prefix("keylease-").unwrap_or(typed);
    RequestId::parse(bare)
        .map_err(|fault| Failure::wrong_usage(format!("`{typed}` is no request id: {fault}")).hint(WHICH))
}

/// There is none of this id.
pub(super) fn unknown(id: &RequestId) -> Failure {
    Failure::new(format!("there is no request {id}")).hint(WHICH)
}

const WHICH: &str = "see which there are with: keylease grants list";

/// Something that was looked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Part<T> {
    /// As it is.
    Found(T),
    /// Why it could not be read.
    Unreadable(String),
}

impl<T> Part<T> {
    fn of(read: Result<T, impl std::fmt::Display>) -> Self {
        read.map_or_else(|error| Self::Unreadable(error.to_string()), Self::Found)
    }

    fn found(&self) -> Option<&T> {
        if let Self::Found(found) = self { Some(found) } else { None }
    }

    /// Its lines, or why there are none.
    fn lines(&self, terminal: &Terminal, lines: impl FnOnce(&T) -> Vec<String>) -> Vec<String> {
        match self {
            Self::Found(found) => lines(found),
            Self::Unreadable(why) => vec![format!("{} {why}", terminal.red("cannot be read:"))],
        }
    }
}

/// Everything that there is of a request.
#[derive(Debug, Serialize)]
struct Whole {
    request_id: RequestId,
    request: Part<Request>,
    approvers: Part<approvers::Approvers>,
    iam: iam::InIam,
    schedule: Part<Option<schedule::Schedule>>,
    now: domain::UnixSeconds,
}

impl Whole {
    fn is_complete(&self) -> bool {
        self.request.found().is_some()
            && self.approvers.found().is_some()
            && self.schedule.found().is_some()
            && self.iam.is_complete()
    }
}

impl Shown for Whole {
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
