//! `keylease projects apply`: checks the whole file, shows what would change, and then changes it.

use aws::dynamodb::Store;
use catalogue::Catalogue;
use catalogue::diff::Diff;
use catalogue::fault::Fault;
use domain::GrantDuration;
use serde::Serialize;
use service::config::shortest_grant;

use super::{difference, input};
use crate::cli::projects::Apply;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::terminal::{Shown, Terminal};

/// Names that a question lists, at most.
const NAMES_ASKED_MAX: usize = 10;

/// What was done.
#[derive(Debug, Serialize)]
struct Applied {
    /// Whether it was only shown, and not written.
    dry_run: bool,
    #[serde(flatten)]
    diff: Diff,
    /// What the file says that may not be meant.
    warnings: Vec<Fault>,
}

/// A file that was refused, for `--json`.
#[derive(Debug, Serialize)]
struct Refused {
    faults: Vec<Fault>,
    warnings: Vec<Fault>,
}

/// Runs it.
pub(super) async fn run(apply: &Apply, as_json: bool, env: &Env) -> Result<(), Failure> {
    let terminal = &env.terminal;
    let shortest = shortest_grant(&|name| env.variable(name))?;
    let Catalogue { projects, warnings } = checked(apply, shortest, as_json, env).await?;

    let store = env.store().await?;
    let diff = Diff::between(&projects, &store.catalogue().await?, apply.prune);
    if as_json {
        // Who is asked sees what about.
        if !diff.removed.is_empty() && !apply.yes && !apply.dry_run {
            terminal.note(&difference::text(&diff, terminal));
        }
    } else {
        terminal.print(&difference::text(&diff, terminal))?;
        for note in &diff.notes {
            terminal.note(&format!("note: {note}"));
        }
    }
    if !apply.dry_run && !diff.removed.is_empty() {
        env.confirm(&question(&diff.removed), apply.yes).await?;
    }
    if !apply.dry_run {
        write(&store, &diff, env).await?;
    }
    terminal.show(&Applied { dry_run: apply.dry_run, diff, warnings }, as_json)
}

/// The file, if nothing is wrong with it; otherwise each fault is told, on a line of its own.
async fn checked(
    apply: &Apply,
    shortest: GrantDuration,
    as_json: bool,
    env: &Env,
) -> Result<Catalogue, Failure> {
    let terminal = &env.terminal;
    let (bytes, name) = (input::read(&apply.file, env).await?, input::name(&apply.file));
    let warn = |warnings: &[Fault]| {
        for Fault { line, field, what } in warnings {
            let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
            terminal.note(&format!("{name}:{line}: warning: {field}{what}"));
        }
    };
    let found = match catalogue::read(&bytes, shortest) {
        Ok(catalogue) => {
            if !as_json {
                warn(&catalogue.warnings);
            }
            return Ok(catalogue);
        }
        Err(found) => found,
    };
    let count = found.faults.len();
    if as_json {
        terminal.show(&Refused { faults: found.faults, warnings: found.warnings }, true)?;
    } else {
        for fault in &found.faults {
            terminal.note(&format!("{name}:{fault}"));
        }
        warn(&found.warnings);
    }
    let faults = if count == 1 { "1 fault" } else { &format!("{count} faults") };
    Err(Failure::new(format!("{name} has {faults}; nothing was changed"))
        .hint("docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it"))
}

fn question(removed: &[String]) -> String {
    let named = removed.iter().take(NAMES_ASKED_MAX).cloned().collect::<Vec<_>>().join(", ");
    let more = removed.len().saturating_sub(NAMES_ASKED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let projects = if removed.len() == 1 { "project" } else { "projects" };
    format!(
        "Remove the {projects} {named}{more}? What is asked for there and not decided yet can be approved by nobody then."
    )
}

/// Writes what differs. What was written before an interruption is found unchanged by the next run.
async fn write(store: &Store, diff: &Diff, env: &Env) -> Result<(), Failure> {
    let all = diff.writes();
    let progress = Progress::of(&env.terminal, all as u64, "projects");
    let mut done = 0;
    let stopped = |done: usize, failure: Failure| {
        let note = format!("{done} of {all} projects were written before; run it again to go on");
        env.terminal.note(&note);
        failure
    };
    for project in diff.puts() {
        if env.should_stop() {
            return Err(stopped(done, Failure::new("interrupted")));
        }
        store.put_project(project).await.map_err(|error| stopped(done, error.into()))?;
        done += 1;
        progress.step();
    }
    for name in &diff.removed {
        if env.should_stop() {
            return Err(stopped(done, Failure::new("interrupted")));
        }
        store.delete_project(name).await.map_err(|error| stopped(done, error.into()))?;
        done += 1;
        progress.step();
    }
    Ok(())
}

impl Shown for Applied {
    fn text(&self, _: &Terminal) -> String {
        match (self.dry_run, self.diff.writes()) {
            (_, 0) => "Nothing to change.".to_owned(),
            (true, _) => "Nothing was written (--dry-run).".to_owned(),
            (false, _) => format!("Done: {}.", difference::sum(&self.diff, "created", "changed", "removed")),
        }
    }
}

impl Shown for Refused {
    fn text(&self, _: &Terminal) -> String {
        String::new()
    }
}
