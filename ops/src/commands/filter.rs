//! `--project`, `--requester` and `--person`: what somebody typed, found among what there is.
//!
//! A filter that names nothing that exists is an error: in an incident, an empty result would look as if nothing lived.

use std::collections::{BTreeMap, BTreeSet};

use catalogue::fault::quoted;
use domain::names::{closest, fold};
use domain::{Actor, ProjectName, Request};

use super::scan::each_record;
use crate::env::Env;
use crate::failure::Failure;

/// Longest filter, in characters: the longest email address has 254.
const TYPED_MAX_CHARS: usize = 256;
/// Names that an error lists where nothing is close, at most.
const LISTED_MAX: usize = 10;

/// The filters of a command, as what they name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Filter {
    /// The project.
    pub(super) project: Option<ProjectName>,
    /// Whoever it is, by each of their ids: Slack user ids, or `operator:` and a name.
    pub(super) person: Option<BTreeSet<String>>,
}

/// Every project and everybody that there is.
#[derive(Debug, Default)]
struct Lookup {
    projects: BTreeSet<ProjectName>,
    /// Names and addresses by id.
    people: BTreeMap<String, BTreeSet<String>>,
    /// Ids by the address that Slack gave for them: in an Enterprise Grid one person has several.
    ids_by_address: BTreeMap<String, BTreeSet<String>>,
}

impl Filter {
    /// Looks up what was typed. Only a filter that was given costs anything.
    pub(super) async fn find(
        project: Option<&str>,
        person: Option<&str>,
        env: &Env,
    ) -> Result<Self, Failure> {
        if project.is_none() && person.is_none() {
            return Ok(Self::default());
        }
        for typed in [project, person].into_iter().flatten() {
            if typed.trim().is_empty() || typed.chars().count() > TYPED_MAX_CHARS {
                let what = format!("a filter is empty or longer than {TYPED_MAX_CHARS} characters");
                return Err(Failure::wrong_usage(what));
            }
        }
        let known = Lookup::read(env).await?;
        Ok(Self {
            project: project.map(|typed| known.project(typed)).transpose()?,
            person: person.map(|typed| known.person(typed)).transpose()?,
        })
    }

    /// Whether it is a request of this project by this person.
    pub(super) fn wants(&self, request: &Request) -> bool {
        self.wants_project(request) && self.is_person(request.ask.requester_slack_id.as_str())
    }

    /// Whether it was done by this person.
    pub(super) fn wants_actor(&self, by: Option<&Actor>) -> bool {
        match by {
            Some(by) => self.is_person(&by.to_string()),
            None => self.person.is_none(),
        }
    }

    fn is_person(&self, id: &str) -> bool {
        self.person.as_ref().is_none_or(|ids| ids.iter().any(|known| known.eq_ignore_ascii_case(id)))
    }

    /// Whether it is a request of this project.
    pub(super) fn wants_project(&self, request: &Request) -> bool {
        self.project.as_ref().is_none_or(|project| *project == request.ask.project)
    }
}

impl Lookup {
    async fn read(env: &Env) -> Result<Self, Failure> {
        let mut known = Self::default();
        each_record(env, |record| {
            if let Ok(request) = record {
                known.learn(&request);
            }
            Ok(())
        })
        .await?;
        // A project without a request and an approver who never asked are there too. Without the catalogue, the
        // requests have to do: access is ended whatever else is down.
        for record in env.store().await?.catalogue().await.unwrap_or_default() {
            if let Ok(name) = ProjectName::parse(&record.name) {
                known.projects.insert(name);
            }
            if let Ok(project) = record.project {
                for id in project.approvers().iter().chain([&project.owner_slack_id]) {
                    known.people.entry(id.to_string()).or_default();
                }
            }
        }
        Ok(known)
    }

    fn learn(&mut self, request: &Request) {
        if !self.projects.contains(&request.ask.project) {
            self.projects.insert(request.ask.project.clone());
        }
        let names = self.people.entry(request.ask.requester_slack_id.to_string()).or_default();
        names.insert(request.ask.requester_name.clone());
        names.extend(request.access.requester_email.clone());
        if let Some(address) = &request.access.requester_email {
            let ids = self.ids_by_address.entry(address.to_lowercase()).or_default();
            ids.insert(request.ask.requester_slack_id.to_string());
        }
        for by in request.audit.history.iter().filter_map(|change| change.by.as_ref()) {
            let id = by.to_string();
            // An operator is called what comes after the prefix.
            let name = id.split_once(':').map(|(_, name)| name.to_owned());
            self.people.entry(id).or_default().extend(name);
        }
    }

    /// By its exact name, or by the only one that people would read as the same.
    fn project(&self, typed: &str) -> Result<ProjectName, Failure> {
        if let Some(exact) = self.projects.iter().find(|name| name.as_str() == typed) {
            return Ok(exact.clone());
        }
        let wanted = fold(typed);
        let alike: Vec<&ProjectName> =
            self.projects.iter().filter(|name| fold(name.as_str()) == wanted).collect();
        match alike[..] {
            [one] => Ok(one.clone()),
            [] => {
                let names = || self.projects.iter().map(ProjectName::as_str);
                Err(Failure::new(format!("there is no project {}", quoted(typed)))
                    .hint(instead(&closest(names(), typed), &names().collect::<Vec<_>>())))
            }
            _ => {
                let names: Vec<&str> = alike.iter().map(|name| name.as_str()).collect();
                Err(Failure::new(format!("several projects are called {}", quoted(typed)))
                    .hint(format!("type one of them exactly: {}", list(&names))))
            }
        }
    }

    /// Every id of a person, with this one.
    fn ids_of(&self, id: &str) -> BTreeSet<String> {
        let same = self.ids_by_address.values().filter(|ids| ids.contains(id)).flatten().cloned();
        same.chain([id.to_owned()]).collect()
    }

    /// By id, as Slack writes it or in small letters, or by a name or address that belongs to one person alone.
    fn person(&self, typed: &str) -> Result<BTreeSet<String>, Failure> {
        let bare = bare(typed);
        if let Some(id) = self.people.keys().find(|id| id.eq_ignore_ascii_case(bare)) {
            return Ok(self.ids_of(id));
        }
        let wanted = fold(bare);
        let called = |names: &BTreeSet<String>| names.iter().any(|name| fold(name) == wanted);
        let found: Vec<&String> =
            self.people.iter().filter(|(_, names)| called(names)).map(|(id, _)| id).collect();
        match found[..] {
            [one] if !wanted.is_empty() => Ok(self.ids_of(one)),
            [one, ..] if !wanted.is_empty() && found.iter().all(|id| self.ids_of(one).contains(*id)) => {
                Ok(self.ids_of(one))
            }
            [_, _, ..] if !wanted.is_empty() => {
                let ids: Vec<&str> = found.iter().map(|id| id.as_str()).collect();
                Err(Failure::new(format!("several people are called {}", quoted(typed)))
                    .hint(format!("type the id of one of them: {}", list(&ids))))
            }
            _ => {
                let everybody: Vec<&str> = self
                    .people
                    .iter()
                    .flat_map(|(id, names)| names.iter().map(String::as_str).chain([id.as_str()]))
                    .filter(|name| !name.is_empty())
                    .collect();
                let ids: Vec<&str> = self.people.keys().map(String::as_str).collect();
                let what = format!("nobody who has asked or may approve is called {}", quoted(typed));
                Err(Failure::new(what).hint(instead(&closest(everybody, bare), &ids)))
            }
        }
    }
}

/// `<@U0DANA|dana>` is U0DANA, and `<mailto:dana@example.com|dana@example.com>` the address.
fn bare(typed: &str) -> &str {
    let typed = typed.trim();
    let within = typed.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let Some(within) = within else { return typed.trim_start_matches('@') };
    let id = within.split('|').next().unwrap_or(within);
    id.strip_prefix("mailto:").unwrap_or(id).trim_start_matches('@')
}

/// What there is instead: what is close, or else the first of all.
fn instead(close: &[&str], all: &[&str]) -> String {
    match (close, all) {
        ([_, ..], _) => format!("did you mean {}?", list(close)),
        ([], []) => "there is none yet".to_owned(),
        ([], all) => format!("there are: {}", list(all)),
    }
}

fn list(names: &[&str]) -> String {
    let shown: Vec<String> = names.iter().take(LISTED_MAX).map(|name| quoted(name)).collect();
    let more = names.len().saturating_sub(LISTED_MAX);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known() -> Lookup {
        let mut known = Lookup::default();
        for (project, id, name, email) in [
            ("payments", "U0DANA", "dana", Some("dana@example.com")),
            ("payments", "U0DANA", "Dana Diaz", None),
            ("Payments", "U0SECOND", "sam", None),
            ("Data Lake", "U0THIRD", "Sam", None),
        ] {
            let request = serde_json::json!({
                "request_id": "r-0", "status": "ACTIVE", "project": project, "role": "r", "duration_seconds": 60,
                "requester_slack_id": id, "requester_name": name, "requester_email": email, "created_at": 1,
                "history": [{"at": 1, "event": "ask", "to": "PENDING", "by": "operator:alice"}]
            });
            known.learn(&serde_json::from_value(request).unwrap());
        }
        known
    }

    #[test]
    fn people_are_found_by_whatever_people_and_slack_call_them() {
        for typed in [
            "U0DANA",
            "u0dana",
            " <@U0DANA> ",
            "<@U0DANA|dana>",
            "@dana",
            "dana",
            "Dana",
            "@Dana  Diaz",
            "dana@example.com",
            "DANA@example.com",
            "<mailto:dana@example.com|dana@example.com>",
        ] {
            assert_eq!(known().person(typed), Ok(ids(&["U0DANA"])), "{typed}");
        }
        for typed in ["operator:alice", "alice"] {
            assert_eq!(known().person(typed), Ok(ids(&["operator:alice"])));
        }
        for typed in ["sam", "@Sam", "U0NOBODY", "<@U0NOBODY>", "@", "<>", "dan"] {
            assert!(known().person(typed).is_err(), "{typed}");
        }
    }

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn a_person_with_two_ids_is_one_where_slack_gave_the_same_address() {
        let mut known = known();
        for (id, email) in [("W0DANA", Some("Dana@example.com")), ("U0OTHER", None)] {
            let request = serde_json::json!({
                "request_id": "r-1", "status": "ACTIVE", "project": "payments", "role": "r", "duration_seconds": 60,
                "requester_slack_id": id, "requester_name": "dana2", "requester_email": email, "created_at": 1,
            });
            known.learn(&serde_json::from_value(request).unwrap());
        }
        for typed in ["U0DANA", "w0dana", "<@W0DANA>", "dana@example.com", "dana"] {
            assert_eq!(known.person(typed), Ok(ids(&["U0DANA", "W0DANA"])), "{typed}");
        }
        assert!(known.person("dana2").is_err(), "two people are called that");
        let both = Filter { project: None, person: known.person("U0DANA").ok() };
        let by = |id: &str| Actor::parse(id).unwrap();
        assert!(both.wants_actor(Some(&by("W0DANA"))) && !both.wants_actor(Some(&by("U0OTHER"))));
        assert!(!both.wants_actor(None) && Filter::default().wants_actor(None));
    }

    #[test]
    fn projects_are_found_as_people_read_them() {
        for (typed, name) in [
            ("payments", "payments"),
            ("Payments", "Payments"),
            ("data  lake", "Data Lake"),
            ("`Data Lake`", "Data Lake"),
            ("“data lake”", "Data Lake"),
            ("Data\u{A0}Lake", "Data Lake"),
        ] {
            assert_eq!(known().project(typed).map(|found| found.to_string()).as_deref(), Ok(name), "{typed}");
        }
        // Two are read as the same, and neither is exactly this.
        for typed in ["PAYMENTS", "nowhere", ""] {
            assert!(known().project(typed).is_err(), "{typed}");
        }
    }
}
