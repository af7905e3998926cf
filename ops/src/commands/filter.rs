//! `--project`, `--requester` and `--person`: what was typed, found among what there is.
//!
//! A filter that names nothing that exists is an error: in an incident, an empty result would look as if nothing lived.

use catalogue::fault::quoted;
use domain::directory::{Directory, Filter, Unclear};
use domain::text::some_of;

use super::scan::each_record;
use crate::env::Env;
use crate::failure::Failure;

/// Longest filter, in characters: the longest email address has 254.
const TYPED_MAX_CHARS: usize = 256;
/// Names that an error lists where nothing is close, at most.
const LISTED_MAX: usize = 10;
const PROJECTS: [&str; 3] =
    ["there is no project", "several projects are called", "type one of them exactly"];
const PEOPLE: [&str; 3] = [
    "nobody who has asked or may approve is called",
    "several people are called",
    "type the id of one of them",
];

/// Looks up what was typed. Only a filter that was given costs anything.
pub(super) async fn filter(
    project: Option<&str>,
    person: Option<&str>,
    env: &Env,
) -> Result<Filter, Failure> {
    if project.is_none() && person.is_none() {
        return Ok(Filter::default());
    }
    for typed in [project, person].into_iter().flatten() {
        if typed.trim().is_empty() || typed.chars().count() > TYPED_MAX_CHARS {
            let what = format!("a filter is empty or longer than {TYPED_MAX_CHARS} characters");
            return Err(Failure::wrong_usage(what));
        }
    }
    let known = directory(env).await?;
    let project = project.map(|typed| known.project(typed).map_err(|why| unclear(typed, &why, PROJECTS)));
    let person = person.map(|typed| known.person(typed).map_err(|why| unclear(typed, &why, PEOPLE)));
    Ok(Filter { project: project.transpose()?, person: person.transpose()?, ..Filter::default() })
}

async fn directory(env: &Env) -> Result<Directory, Failure> {
    let mut known = Directory::default();
    each_record(env, |record| {
        if let Ok(request) = record {
            known.add_request(&request);
        }
        Ok(())
    })
    .await?;
    // Without the catalogue, the requests have to do: access is ended whatever else is down.
    for record in env.store().await?.catalogue().await.unwrap_or_default() {
        known.add_project(&record);
    }
    Ok(known)
}

/// Nothing is called what was typed, or several are; in these words.
fn unclear(typed: &str, why: &Unclear, [nothing, several, then]: [&str; 3]) -> Failure {
    let typed = quoted(typed);
    match why {
        Unclear::Nothing { closest, all } => {
            Failure::new(format!("{nothing} {typed}")).hint(instead(closest, all))
        }
        Unclear::Several(names) => {
            Failure::new(format!("{several} {typed}")).hint(format!("{then}: {}", list(names)))
        }
    }
}

/// What there is instead: what is close, or else the first of all.
fn instead(close: &[String], all: &[String]) -> String {
    match (close, all) {
        ([_, ..], _) => format!("did you mean {}?", list(close)),
        ([], []) => "there is none yet".to_owned(),
        ([], all) => format!("there are: {}", list(all)),
    }
}

fn list(names: &[String]) -> String {
    some_of(names.iter().map(|name| quoted(name)), LISTED_MAX)
}
