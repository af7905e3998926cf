//! `keylease projects apply`: checks the whole file, shows what would change, and then changes it.

use aws::dynamodb::Store;
use aws::identity_center::{self, IdentityCenter, Looked, faults};
use catalogue::diff::{Diff, Line};
use catalogue::fault::{Fault, Findings};
use catalogue::{Catalogue, FILE_MAX_BYTES};
use domain::text::{count, some_of};
use domain::{GrantDuration, Project};
use serde::Serialize;
use service::config::{claims_are_set_up, identity_center, shortest_grant};

use crate::cli::projects::Apply;
use crate::env::Env;
use crate::failure::Failure;
use crate::input;
use crate::progress::Progress;
use crate::terminal::{Shown, Terminal};

/// Names that a question lists, at most.
const NAMES_ASKED_MAX: usize = 10;

#[derive(Debug, Serialize)]
struct Applied {
    /// Whether it was only shown, and not written.
    dry_run: bool,
    #[serde(flatten)]
    diff: Diff,
    /// What the file says that may not be meant.
    warnings: Vec<Fault>,
}

enum Change<'a> {
    Put(&'a Project),
    Remove(&'a str),
}

pub(super) async fn run(apply: &Apply, as_json: bool, env: &Env) -> Result<(), Failure> {
    let terminal = &env.terminal;
    let shortest = shortest_grant(&|name| env.variable(name))?;
    let Catalogue { projects, warnings } = checked(apply, shortest, as_json, env).await?;

    check_claims(&projects, env)?;
    check_identity_center(&projects, env).await?;
    let store = env.store().await?;
    let diff = Diff::between(&projects, &store.catalogue().await?, apply.prune);
    if as_json {
        // Who is asked sees what about.
        if !diff.removed.is_empty() && !apply.yes && !apply.dry_run {
            terminal.note(&difference(&diff, terminal));
        }
    } else {
        terminal.print(&difference(&diff, terminal))?;
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
    let name = input::name(&apply.file);
    // One byte more than a file may have, so that a longer one is known to be.
    let bytes = input::read(&apply.file, FILE_MAX_BYTES as u64 + 1, env).await?.map_err(|error| {
        Failure::new(format!("{name} cannot be read"))
            .because(error)
            .hint("give a YAML or JSON file, or - for standard input; docs/catalogue.md has an example")
    })?;
    let warn = |warnings: &[Fault]| {
        for warning in warnings {
            terminal.note(&format!("{name}:{}: warning: {}", warning.line, warning.text()));
        }
    };
    match catalogue::read(&bytes, shortest) {
        Ok(catalogue) => {
            if !as_json {
                warn(&catalogue.warnings);
            }
            Ok(catalogue)
        }
        Err(found) => {
            if as_json {
                terminal.show(&found, true)?;
            } else {
                found
                    .faults
                    .iter()
                    .map(|fault| format!("{name}:{fault}"))
                    .for_each(|fault| terminal.note(&fault));
                warn(&found.warnings);
            }
            let faults = count(found.faults.len(), "fault");
            Err(Failure::new(format!("{name} has {faults}; nothing was changed")).hint(
                "docs/catalogue.md describes every field; docs/catalogue.schema.json lets an editor check it",
            ))
        }
    }
}

/// What is claimed needs a place where it waits for its claimer.
fn check_claims(projects: &[Project], env: &Env) -> Result<(), Failure> {
    let claimed = projects.iter().find_map(|project| Some((&project.project, project.claimed_role()?)));
    let Some((project, role)) = claimed else { return Ok(()) };
    if claims_are_set_up(&|name| env.variable(name))? {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{project}, {role}: `delivery: claim` needs a table of claims, and there is none here; nothing was changed"
    ))
    .hint("set DYNAMODB_TABLE_CLAIMS and PUBLIC_URL, here, for the ingress and for the workers"))
}

/// What is given through Identity Center needs one; what is not there now may be made later, so that is only warned of.
async fn check_identity_center(projects: &[Project], env: &Env) -> Result<(), Failure> {
    if !projects
        .iter()
        .flat_map(|project| project.roles.values())
        .any(|role| role.kind.needs_identity_center())
    {
        return Ok(());
    }
    let center = match identity_center(&|name| env.variable(name))? {
        Some(settings) => Some(IdentityCenter::new(env.aws().await?, &settings)),
        None => None,
    };
    for Looked { by, fault } in faults(center.as_ref(), projects).await {
        match fault {
            Ok(identity_center::Fault::NotSetUp) => {
                return Err(Failure::new(format!(
                    "{by} {}; nothing was changed",
                    identity_center::Fault::NotSetUp
                ))
                .hint("set IDENTITY_CENTER_INSTANCE_ARN and IDENTITY_STORE_ID, here and for the workers"));
            }
            Ok(fault @ identity_center::Fault::TooShort { .. }) => {
                return Err(Failure::new(format!("{by} {fault}; nothing was changed"))
                    .hint("make its max_duration longer, or the permission set's sessions shorter"));
            }
            Ok(fault) => env.terminal.note(&format!("warning: {by} {fault}")),
            Err(error) => env.terminal.note(&format!("warning: {by} could not be checked: {error}")),
        }
    }
    Ok(())
}

fn difference(diff: &Diff, terminal: &Terminal) -> String {
    let line = |line| match line {
        Line::Created(text) => terminal.green(&text),
        Line::Changed(text) => terminal.bold(&text),
        Line::Removed(text) => terminal.red(&text),
        Line::Detail(text) => text,
    };
    diff.lines().into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn question(removed: &[String]) -> String {
    let projects = if removed.len() == 1 { "project" } else { "projects" };
    format!(
        "Remove the {projects} {}? What is asked for there and not decided yet can be approved by nobody then.",
        some_of(removed.iter(), NAMES_ASKED_MAX)
    )
}

/// Writes what differs. What was written before an interruption is found unchanged by the next run.
async fn write(store: &Store, diff: &Diff, env: &Env) -> Result<(), Failure> {
    let all = diff.writes();
    let progress = Progress::of(&env.terminal, all as u64, "projects");
    let changes = diff.puts().map(Change::Put).chain(diff.removed.iter().map(|name| Change::Remove(name)));
    for (done, change) in changes.enumerate() {
        let written = match change {
            _ if env.should_stop() => Err(Failure::new("interrupted")),
            Change::Put(project) => store.put_project(project).await.map_err(Failure::from),
            Change::Remove(name) => store.delete_project(name).await.map_err(Failure::from),
        };
        if written.is_err() {
            let note = format!("{done} of {all} projects were written before; run it again to go on");
            env.terminal.note(&note);
        }
        written?;
        progress.step();
    }
    Ok(())
}

impl Shown for Applied {
    fn text(&self, _: &Terminal) -> String {
        match (self.dry_run, self.diff.writes()) {
            (_, 0) => "Nothing to change.".to_owned(),
            (true, _) => "Nothing was written (--dry-run).".to_owned(),
            (false, _) => format!("Done: {}.", self.diff.sum("created", "changed", "removed")),
        }
    }
}

impl Shown for Findings {
    fn text(&self, _: &Terminal) -> String {
        String::new()
    }
}
