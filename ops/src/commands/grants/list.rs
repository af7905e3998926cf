//! `keylease grants list`: requests, newest first.

use domain::text::length;
use domain::{ProjectName, Request, RequestId, RoleName, SlackUserId, Status, UnixSeconds};
use serde::Serialize;

use crate::cli::grants::List;
use crate::commands::filter::filter;
use crate::commands::scan::{all_readable, each_request};
use crate::env::Env;
use crate::failure::Failure;
use crate::moment;
use crate::table::table;
use crate::terminal::{Shown, Terminal};

pub(super) async fn list(wanted: &List, as_json: bool, env: &Env) -> Result<(), Failure> {
    let limit = usize::try_from(wanted.limit).unwrap_or(usize::MAX);
    let now = env.clock.now();
    let filter = filter(wanted.project.as_deref(), wanted.requester.as_deref(), env).await?;
    let status = wanted.status;
    let mut listed = Listed { requests: Vec::new(), matching: 0, now };
    let unreadable = each_request(env, |request| {
        let is_wanted = status.is_none_or(|status| status == request.status)
            && (!wanted.unreviewed || request.unreviewed_since().is_some());
        if is_wanted && filter.wants(&request) {
            listed.matching += 1;
            listed.requests.push(Row::of(&request, now));
        }
        // What is read is cut to what is shown now and then, so that any table fits into memory.
        if listed.requests.len() >= limit.saturating_mul(2) {
            listed.keep_newest(limit);
        }
    })
    .await?;
    listed.keep_newest(limit);
    env.terminal.show(&listed, as_json)?;
    all_readable(unreadable)
}

/// Requests, as `grants list` and the question of `grants revoke` show them.
#[derive(Debug, Serialize)]
pub(super) struct Listed {
    /// The newest, at most as many as were asked for.
    requests: Vec<Row>,
    /// How many there are in all.
    matching: usize,
    now: UnixSeconds,
}

/// One request. `seconds_left` stands only where access goes on.
#[derive(Debug, Serialize)]
struct Row {
    request_id: RequestId,
    status: Status,
    project: ProjectName,
    role: RoleName,
    requester_slack_id: SlackUserId,
    requester_name: String,
    created_at: UnixSeconds,
    expires_at: Option<UnixSeconds>,
    ended_at: Option<UnixSeconds>,
    gone_at: Option<UnixSeconds>,
    seconds_left: Option<i64>,
}

impl Listed {
    /// These, newest first.
    pub(super) fn of(requests: &[Request], now: UnixSeconds) -> Self {
        let rows = requests.iter().map(|request| Row::of(request, now)).collect();
        let mut listed = Self { requests: rows, matching: requests.len(), now };
        listed.keep_newest(usize::MAX);
        listed
    }

    fn keep_newest(&mut self, limit: usize) {
        self.requests.sort_by(|a, b| (b.created_at, &a.request_id).cmp(&(a.created_at, &b.request_id)));
        self.requests.truncate(limit);
    }

    pub(super) fn table(&self, terminal: &Terminal) -> String {
        let headings =
            ["request", "status", "project", "role", "requester", "asked (utc)", "ends/ended", "left"];
        let rows = self.requests.iter().map(|row| {
            let [end, left] = row.end(self.now);
            vec![
                row.request_id.to_string(),
                row.status.to_string(),
                row.project.to_string(),
                row.role.to_string(),
                person(&row.requester_name, &row.requester_slack_id),
                moment::short(row.created_at, self.now),
                end,
                left,
            ]
        });
        table(terminal, &headings, rows.collect())
    }
}

impl Row {
    fn of(request: &Request, now: UnixSeconds) -> Self {
        Self {
            request_id: request.request_id.clone(),
            status: request.status,
            project: request.ask.project.clone(),
            role: request.ask.role.clone(),
            requester_slack_id: request.ask.requester_slack_id.clone(),
            requester_name: request.ask.requester_name.clone(),
            created_at: request.ask.created_at,
            expires_at: request.access.expires_at,
            ended_at: request.access.ended_at,
            gone_at: request.access.gone_at,
            seconds_left: request
                .access
                .expires_at
                .filter(|_| request.status.is_live())
                .map(|end| end.seconds_since(now)),
        }
    }

    /// When access ends or ended, and how long that is from now.
    fn end(&self, now: UnixSeconds) -> [String; 2] {
        let left = match self.seconds_left {
            Some(seconds) if seconds >= 0 => length(seconds),
            Some(seconds) => format!("{} over", length(-seconds)),
            None => String::new(),
        };
        [self.ended_at.or(self.expires_at).map(|at| moment::short(at, now)).unwrap_or_default(), left]
    }
}

impl Shown for Listed {
    fn text(&self, terminal: &Terminal) -> String {
        if self.requests.is_empty() {
            return "No request matches.".to_owned();
        }
        match self.matching - self.requests.len() {
            0 => self.table(terminal),
            more => {
                format!(
                    "{}\n… and {more} older; show them with --limit {}",
                    self.table(terminal),
                    self.matching
                )
            }
        }
    }
}

/// Somebody, by the name that they had when they asked and by their id.
pub(super) fn person(name: &str, id: &SlackUserId) -> String {
    if name.is_empty() { id.to_string() } else { format!("{name} ({id})") }
}
