//! `keylease audit`: every event, oldest first, as JSON Lines or CSV.

use domain::directory::Filter;
use domain::text::count;
use domain::{Request, UnixSeconds};

use super::line::{HEADING, Line};
use crate::cli::audit::{Export, Format};
use crate::commands::filter::filter;
use crate::commands::scan::each_record;
use crate::env::Env;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Text that one export holds until it is sorted, at most, in bytes: about half a million events.
const EXPORT_MAX_BYTES: usize = 512 * 1024 * 1024;
/// Lines that are written at once.
const LINES_AT_ONCE: usize = 100;

/// Events, until they are sorted.
#[derive(Default)]
struct Collected {
    /// When, of which request, at which place; and how it is written.
    lines: Vec<(UnixSeconds, String, u32, String)>,
    bytes: usize,
}

pub(super) async fn run(export: &Export, as_json: bool, env: &Env) -> Result<(), Failure> {
    if as_json && export.format == Format::Csv {
        return Err(Failure::wrong_usage("--json and --format csv cannot be meant together")
            .hint("--json is the same as --format jsonl"));
    }
    let (since, until) = times(export, env.clock.now())?;
    let wanted = filter(export.project.as_deref(), export.person.as_deref(), env).await?;
    let wanted = Filter { since, until, ..wanted };
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
    let records = count(unreadable, "record");
    Err(Failure::new(format!("{records} could not be read; everything else was exported"))
        .hint("fix them in the table, and export again"))
}

fn times(export: &Export, now: UnixSeconds) -> Result<(Option<UnixSeconds>, Option<UnixSeconds>), Failure> {
    let read = |name, text: &Option<String>| text.as_deref().map(|text| moment(name, text, now)).transpose();
    let (since, until) = (read("since", &export.since)?, read("until", &export.until)?);
    match (since, until) {
        (Some(from), Some(to)) if from >= to => Err(Failure::wrong_usage("--since must be before --until")
            .hint(format!("they were read as {} and {}", from.rfc3339(), to.rfc3339()))),
        times => Ok(times),
    }
}

/// Reads what was typed for the option `name`.
fn moment(name: &str, text: &str, now: UnixSeconds) -> Result<UnixSeconds, Failure> {
    UnixSeconds::from_typed(text, now).ok_or_else(|| {
        let wrong = Failure::wrong_usage(format!("`{text}` is no moment for --{name}"));
        // Everything but its zone may be there.
        let in_utc = format!("{}Z", text.trim().replacen(' ', "T", 1));
        match UnixSeconds::from_rfc3339(&in_utc) {
            Some(_) => wrong.hint(format!("say its time zone: {in_utc} is in UTC")),
            None => wrong.hint(
                "give a date (2026-11-23: its first second, UTC), a time (2026-11-23T14:00:00Z),\n\
                 or an age of up to 365 days (24h, 7d)",
            ),
        }
    })
}

impl Collected {
    fn add(
        &mut self,
        request: &Request,
        wanted: &Filter,
        format: Format,
        max_bytes: usize,
    ) -> Result<(), Failure> {
        for (position, change) in (1..).zip(&request.audit.history) {
            if !wanted.wants_event(request, change) {
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
        let heading = match format {
            Format::Jsonl => None,
            Format::Csv => Some(HEADING),
        };
        let lines = self.lines.iter().map(|(.., line)| line.as_str());
        let lines: Vec<&str> = heading.into_iter().chain(lines).collect();
        lines.chunks(LINES_AT_ONCE).try_for_each(|lines| terminal.print(&lines.join("\n")))
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
        let wanted = Filter::default();
        let mut collected = Collected::default();
        assert_eq!(collected.add(&request, &wanted, Format::Jsonl, 1_000), Ok(()));
        assert!(collected.add(&request, &wanted, Format::Jsonl, 300).is_err());
    }
}
