//! `keylease audit`: every event, oldest first, as JSON Lines or CSV.

use domain::history::Change;
use domain::{Request, UnixSeconds};

use super::line::{Line, heading};
use super::moment::moment;
use crate::cli::audit::{Export, Format};
use crate::commands::filter::Filter;
use crate::commands::scan::each_record;
use crate::env::Env;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Text that one export holds until it is sorted, at most, in bytes: about half a million events.
const EXPORT_MAX_BYTES: usize = 512 * 1024 * 1024;
/// Text that is written at once, in bytes.
const WRITE_BYTES: usize = 64 * 1024;

/// Which events are wanted.
struct Wanted {
    since: Option<UnixSeconds>,
    until: Option<UnixSeconds>,
    filter: Filter,
}

/// Events, until they are sorted.
#[derive(Default)]
struct Collected {
    /// When, of which request, at which place; and how it is written.
    lines: Vec<(UnixSeconds, String, u32, String)>,
    bytes: usize,
}

/// Runs it.
pub(super) async fn run(export: &Export, as_json: bool, env: &Env) -> Result<(), Failure> {
    if as_json && export.format == Format::Csv {
        return Err(Failure::wrong_usage("--json and --format csv cannot be meant together")
            .hint("--json is the same as --format jsonl"));
    }
    let mut wanted = Wanted::read(export, env.clock.now())?;
    wanted.filter = Filter::find(export.project.as_deref(), export.person.as_deref(), env).await?;
    let (mut collected, mut unreadable) = (Collected::default(), 0_u64);
    each_record(env, |record| match record {
        Ok(request) => collected.add(&request, &wanted, export.format, EXPORT_MAX_BYTES),
        Err(error) => {
            unreadable += 1;
            env.terminal.note(&format!("left out: {error}"));
            Ok(())
        }
    })
    .await?;
    if collected.lines.is_empty() {
        env.terminal.note("No event fits.");
    }
    collected.print(export.format, &env.terminal)?;
    if unreadable == 0 {
        return Ok(());
    }
    let records = if unreadable == 1 { "1 record".to_owned() } else { format!("{unreadable} records") };
    Err(Failure::new(format!("{records} could not be read; everything else was exported"))
        .hint("fix them in the table, and export again"))
}

impl Wanted {
    fn read(export: &Export, now: UnixSeconds) -> Result<Self, Failure> {
        let read =
            |name, text: &Option<String>| text.as_deref().map(|text| moment(name, text, now)).transpose();
        let (since, until) = (read("since", &export.since)?, read("until", &export.until)?);
        if let (Some(since), Some(until)) = (since, until)
            && since >= until
        {
            return Err(Failure::wrong_usage("--since must be before --until").hint(format!(
                "they were read as {} and {}",
                since.rfc3339(),
                until.rfc3339()
            )));
        }
        Ok(Self { since, until, filter: Filter::default() })
    }

    fn wants(&self, request: &Request, change: &Change) -> bool {
        self.since.is_none_or(|since| change.at >= since)
            && self.until.is_none_or(|until| change.at < until)
            && self.filter.wants_project(request)
            && (self.filter.wants(request) || self.filter.wants_actor(change.by.as_ref()))
    }
}

impl Collected {
    fn add(
        &mut self,
        request: &Request,
        wanted: &Wanted,
        format: Format,
        max_bytes: usize,
    ) -> Result<(), Failure> {
        for (position, change) in (1..).zip(&request.audit.history) {
            if !wanted.wants(request, change) {
                continue;
            }
            let line = Line::of(request, position, change);
            let text = match format {
                Format::Jsonl => line.json()?,
                Format::Csv => line.csv()?,
            };
            self.bytes = self.bytes.saturating_add(text.len());
            if self.bytes > max_bytes {
                return Err(Failure::new(format!("the events have more than {} MiB", max_bytes >> 20))
                    .hint("export them a month at a time: --since 2026-11-01 --until 2026-12-01"));
            }
            self.lines.push((change.at, request.request_id.to_string(), position, text));
        }
        Ok(())
    }

    fn print(mut self, format: Format, terminal: &Terminal) -> Result<(), Failure> {
        self.lines.sort_unstable();
        let mut text = match format {
            Format::Jsonl => String::new(),
            Format::Csv => heading()?,
        };
        for (_, _, _, line) in self.lines {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&line);
            if text.len() >= WRITE_BYTES {
                terminal.print(&text)?;
                text.clear();
            }
        }
        terminal.print(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_that_would_not_fit_says_what_to_do() {
        let request: Request = serde_json::from_value(serde_json::json!({
            "request_id": "r-0", "status": "PENDING", "project": "p", "role": "r", "duration_seconds": 60,
            "requester_slack_id": "U1", "created_at": 1, "history": [{"at": 1, "event": "ask", "to": "PENDING"}]
        }))
        .unwrap();
        let wanted = Wanted { since: None, until: None, filter: Filter::default() };
        let mut collected = Collected::default();
        assert_eq!(collected.add(&request, &wanted, Format::Jsonl, 1_000), Ok(()));
        assert!(collected.add(&request, &wanted, Format::Jsonl, 300).is_err());
    }
}
