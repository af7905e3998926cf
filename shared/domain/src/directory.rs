//! Who and what somebody means: what an operator typed, found among the projects and the people that there are.

use std::collections::{BTreeMap, BTreeSet};

use crate::actor::Actor;
use crate::history::Change;
use crate::ids::ProjectName;
use crate::names::{closest, find, fold};
use crate::project::CatalogueRecord;
use crate::request::Request;
use crate::time::UnixSeconds;

/// Every project and everybody that there is.
#[derive(Debug, Default)]
pub struct Directory {
    projects: BTreeSet<ProjectName>,
    /// Names and addresses by id.
    people: BTreeMap<String, BTreeSet<String>>,
    /// Ids by the address that Slack gave for them: in an Enterprise Grid one person has several.
    ids_by_address: BTreeMap<String, BTreeSet<String>>,
}

/// Why it is not clear what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Unclear {
    Nothing {
        /// What was probably meant.
        closest: Vec<String>,
        /// The projects' names, or the people's ids.
        all: Vec<String>,
    },
    /// Several are called that: their names or ids.
    Several(Vec<String>),
}

/// Which requests and events somebody asks for; all of them where it names nothing.
#[derive(Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Filter {
    pub project: Option<ProjectName>,
    /// The person, by each of their ids: Slack user ids, or `operator:` and a name.
    pub person: Option<BTreeSet<String>>,
    /// Only what happened at or after this moment.
    pub since: Option<UnixSeconds>,
    /// Only what happened before this moment.
    pub until: Option<UnixSeconds>,
}

impl Directory {
    /// Adds a request's project, and everybody who had to do with the request.
    pub fn add_request(&mut self, request: &Request) {
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

    /// Adds a project without a request too, and its approvers, who may never have asked.
    pub fn add_project(&mut self, record: &CatalogueRecord) {
        self.projects.extend(ProjectName::parse(&record.name));
        if let Ok(project) = &record.project {
            for id in project.named().into_iter().filter(|id| !id.is_user_group()) {
                self.people.entry(id.to_string()).or_default();
            }
        }
    }

    /// By its exact name, or by the only one that people would read as the same.
    pub fn project(&self, typed: &str) -> Result<ProjectName, Unclear> {
        if let Some(found) = find(&self.projects, typed) {
            return Ok(found.clone());
        }
        let wanted = fold(typed);
        let names = || self.projects.iter().map(ProjectName::as_str);
        let alike = texts(names().filter(|name| fold(name) == wanted));
        if alike.is_empty() {
            return Err(Unclear::Nothing { closest: texts(closest(names(), typed)), all: texts(names()) });
        }
        Err(Unclear::Several(alike))
    }

    /// Every id of a person: by an id, as Slack writes it or in small letters, or by a name or address that belongs to
    /// one person alone.
    pub fn person(&self, typed: &str) -> Result<BTreeSet<String>, Unclear> {
        let bare = bare(typed);
        let wanted = fold(bare);
        // A list shows a person as `dana (U0DANA)`.
        let in_brackets =
            bare.trim_end().strip_suffix(')').and_then(|rest| rest.rsplit_once('(')).map(|(_, id)| fold(id));
        let is_meant = |id: &String| {
            let id = fold(id);
            !id.is_empty() && (id == wanted || in_brackets.as_ref() == Some(&id))
        };
        if let Some(id) = self.people.keys().find(|id| is_meant(id)) {
            return Ok(self.ids_of(id));
        }
        let is_called = |names: &BTreeSet<String>| names.iter().any(|name| fold(name) == wanted);
        let called = self.people.iter().filter(|(_, names)| !wanted.is_empty() && is_called(names));
        let called: Vec<&str> = called.map(|(id, _)| id.as_str()).collect();
        let Some(first) = called.first() else {
            let names = self
                .people
                .iter()
                .flat_map(|(id, names)| names.iter().map(String::as_str).chain([id.as_str()]));
            let closest = closest(names.filter(|name| !name.is_empty()), bare);
            return Err(Unclear::Nothing { closest: texts(closest), all: texts(self.people.keys()) });
        };
        let ids = self.ids_of(first);
        if called.iter().all(|id| ids.contains(*id)) { Ok(ids) } else { Err(Unclear::Several(texts(called))) }
    }

    /// Every id of a person, with this one.
    fn ids_of(&self, id: &str) -> BTreeSet<String> {
        let same = self.ids_by_address.values().filter(|ids| ids.contains(id)).flatten().cloned();
        same.chain([id.to_owned()]).collect()
    }
}

impl Filter {
    /// Whether it is a request of this project by this person.
    #[must_use]
    pub fn wants(&self, request: &Request) -> bool {
        self.wants_project(request) && self.is_person(request.ask.requester_slack_id.as_str())
    }

    /// Whether it is an event of this project and time, and of this person's request or done by this person.
    #[must_use]
    pub fn wants_event(&self, request: &Request, event: &Change) -> bool {
        self.since.is_none_or(|since| event.at >= since)
            && self.until.is_none_or(|until| event.at < until)
            && self.wants_project(request)
            && (self.wants(request) || self.wants_actor(event.by.as_ref()))
    }

    fn wants_project(&self, request: &Request) -> bool {
        self.project.as_ref().is_none_or(|project| *project == request.ask.project)
    }

    fn wants_actor(&self, by: Option<&Actor>) -> bool {
        match by {
            Some(by) => self.is_person(&by.to_string()),
            None => self.person.is_none(),
        }
    }

    fn is_person(&self, id: &str) -> bool {
        self.person.as_ref().is_none_or(|ids| ids.iter().any(|known| known.eq_ignore_ascii_case(id)))
    }
}

fn texts<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

/// `<@U0DANA|dana>` is U0DANA, and `<mailto:dana@example.com|dana@example.com>` the address.
fn bare(typed: &str) -> &str {
    let typed = typed.trim();
    let within = typed.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let Some(within) = within else { return typed.trim_start_matches('@') };
    let id = within.split('|').next().unwrap_or(within);
    id.strip_prefix("mailto:").unwrap_or(id).trim_start_matches('@')
}

#[cfg(test)]
mod tests;
