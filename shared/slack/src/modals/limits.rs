//! What a filled form carries in `private_metadata`, so that the ingress can check it and search its lists without a table.

use std::collections::BTreeMap;

use domain::GrantDuration;
use domain::duration::InvalidDuration;
use domain::names;
use domain::validation::JUSTIFICATION_MAX_CHARS;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ids::field;
use crate::modals::METADATA_MAX_CHARS;

/// How durations are written, for whoever wrote something else.
const DURATION_EXAMPLES: &str = "90m, 2h, 1d or 1h30m";

/// The limits of a form. The worker's own check is the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// Shortest grant, in seconds.
    pub shortest: u32,
    /// Longest grant, whichever role is chosen, in seconds; 0 where that depends on the role.
    pub longest: u32,
    /// The project whose roles these are.
    pub project: Option<String>,
    /// Its roles, each with its longest grant in seconds.
    pub roles: BTreeMap<String, u32>,
    /// Whether these are all of its roles.
    pub all_roles: bool,
    /// Projects to search among, where they are too many for a list.
    pub projects: Vec<String>,
    /// Whether these are all of them.
    pub all_projects: bool,
}

/// What is wrong with a form, by field.
pub type Faults = BTreeMap<&'static str, String>;

/// The answer to Slack that shows the form again, with what is wrong at each field.
#[must_use]
pub fn errors(faults: &Faults) -> Value {
    json!({ "response_action": "errors", "errors": faults })
}

/// A form by which somebody asks, as filled in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) project: Option<&'a str>,
    pub(super) role: Option<&'a str>,
    /// How long, with the field that it stands in.
    pub(super) duration: (&'static str, Option<&'a str>),
    pub(super) justification: Option<&'a str>,
}

impl Limits {
    /// As text, with as many roles and then as many projects as it has room for.
    pub(super) fn fit(mut self, roles: &[(String, u32)], projects: &[String]) -> String {
        // Half of it for the roles, where there are projects to search among as well.
        let share = if projects.is_empty() { METADATA_MAX_CHARS } else { METADATA_MAX_CHARS / 2 };
        self.all_roles = roles.iter().all(|(name, seconds)| {
            self.roles.insert(name.clone(), *seconds);
            let fits = self.chars() <= share;
            if !fits {
                self.roles.remove(name);
            }
            fits
        });
        self.all_projects = projects.iter().all(|name| {
            self.projects.push(name.clone());
            let fits = self.chars() <= METADATA_MAX_CHARS;
            if !fits {
                self.projects.pop();
            }
            fits
        });
        self.text()
    }

    fn chars(&self) -> usize {
        // Whether it is `true` or `false` makes a difference of one character, twice.
        self.text().chars().count() + 2
    }

    fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What is wrong with what was filled in, as far as that can be told from here.
    pub(super) fn faults(&self, asked: &Asked<'_>) -> Faults {
        let mut faults = Faults::new();
        if asked.project.is_none() {
            faults.insert(field::PROJECT, "Choose a project.".to_owned());
        }
        let longest = match self.role(asked) {
            Ok(longest) => longest,
            Err(why) => {
                faults.insert(field::ROLE, why);
                None
            }
        };
        let (at, typed) = asked.duration;
        if let Err(why) = self.duration(typed, longest) {
            faults.insert(at, why);
        }
        let chars = asked.justification.map_or(0, |text| text.chars().count());
        if chars > JUSTIFICATION_MAX_CHARS {
            let why = format!("This has {chars} characters. Keep it to {JUSTIFICATION_MAX_CHARS}.");
            faults.insert(field::JUSTIFICATION, why);
        }
        faults
    }

    /// The longest grant of the role in seconds, where that is known here.
    fn role(&self, asked: &Asked<'_>) -> Result<Option<u32>, String> {
        let role = asked.role.ok_or("Choose a role.")?;
        let project =
            self.project.as_deref().filter(|own| asked.project.is_some_and(|p| names::alike(own, p)));
        let Some(project) = project else { return Ok(None) };
        if let Some(name) = names::find(self.roles.keys(), role) {
            return Ok(self.roles.get(name).copied());
        }
        if self.all_roles {
            Err(format!("{project} has no such role. Choose one of its own."))
        } else {
            Ok(None)
        }
    }

    /// Whether a duration can be asked for. `longest` is in seconds.
    pub(super) fn duration(
        &self,
        typed: Option<&str>,
        longest: Option<u32>,
    ) -> Result<GrantDuration, String> {
        let longest = longest.or((self.longest > 0).then_some(self.longest));
        let longest = longest.and_then(|seconds| GrantDuration::from_seconds(seconds.into()).ok());
        let typed = typed.ok_or_else(|| format!("Say how long, like {DURATION_EXAMPLES}."))?;
        let duration = GrantDuration::parse(typed).map_err(|why| match (&why, longest) {
            (InvalidDuration::TooLong, Some(longest)) => too_long(longest),
            // What is shown here has no markup.
            (why, _) => format!(
                "This is not understood: {}. Write it like {DURATION_EXAMPLES}.",
                why.to_string().replace('`', "\"")
            ),
        })?;
        match longest {
            Some(longest) if duration > longest => Err(too_long(longest)),
            _ if duration.seconds() < self.shortest => {
                let shortest = GrantDuration::from_seconds(self.shortest.into());
                Err(format!("The shortest is {}.", shortest.unwrap_or(GrantDuration::SHORTEST)))
            }
            _ => Ok(duration),
        }
    }
}

fn too_long(longest: GrantDuration) -> String {
    format!("At most {longest}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits() -> Limits {
        let roles = [("PowerUser".to_owned(), 3_600), ("ReadOnly".to_owned(), 28_800)];
        let text =
            Limits { shortest: 900, project: Some("payments".into()), ..Limits::default() }.fit(&roles, &[]);
        serde_json::from_str(&text).unwrap()
    }

    fn faults(
        project: Option<&str>,
        role: Option<&str>,
        duration: Option<&str>,
    ) -> Vec<(&'static str, String)> {
        let asked = Asked { project, role, duration: (field::DURATION, duration), justification: None };
        limits().faults(&asked).into_iter().collect()
    }

    #[test]
    fn each_fault_stands_at_its_field() {
        assert_eq!(faults(Some("Payments"), Some("read\u{A0}only"), Some("2h")).len(), 1, "no such role");
        assert!(faults(Some("Payments"), Some("readonly"), Some("2h")).is_empty());
        let fields =
            |faults: Vec<(&'static str, String)>| faults.iter().map(|(at, _)| *at).collect::<Vec<_>>();
        assert_eq!(fields(faults(None, None, None)), ["duration", "project", "role"]);
        for (duration, part) in [
            ("9h", "8 hours"),
            ("52w", "8 hours"),
            ("999999d", "8 hours"),
            ("5m", "15 minutes"),
            ("soon", "90m"),
            ("2", "unit"),
        ] {
            let found = faults(Some("payments"), Some("ReadOnly"), Some(duration));
            assert!(matches!(&found[..], [("duration", why)] if why.contains(part)), "{duration}: {found:?}");
        }
        let session = faults(Some("payments"), Some("PowerUser"), Some("2h"));
        assert!(matches!(&session[..], [("duration", why)] if why.contains("1 hour")), "{session:?}");
        let asked = Asked {
            project: Some("payments"),
            role: Some("ReadOnly"),
            duration: (field::DURATION_TEXT, Some("9h")),
            justification: Some(&"x".repeat(2_901)),
        };
        let at: Vec<&str> = limits().faults(&asked).into_keys().collect();
        assert_eq!(at, ["duration_text", "justification"]);
    }

    #[test]
    fn what_is_not_known_here_is_left_to_the_worker() {
        assert!(faults(Some("website"), Some("Anything"), Some("300d")).is_empty(), "another project's role");
        let none = Limits::default();
        let asked = Asked {
            project: Some("x"),
            role: Some("y"),
            duration: (field::DURATION, Some("1s")),
            justification: None,
        };
        assert!(none.faults(&asked).is_empty());
    }

    #[test]
    fn it_fits_whatever_the_catalogue_has() {
        let long = |prefix: &str, n: usize| format!("{prefix}{n:03}{}", "é\"".repeat(30));
        let roles: Vec<(String, u32)> = (0..200).map(|n| (long("r", n), 31_536_000)).collect();
        let projects: Vec<String> = (0..900).map(|n| long("p", n)).collect();
        let text = Limits::default().fit(&roles, &projects);
        assert!(text.chars().count() <= METADATA_MAX_CHARS, "{}", text.chars().count());
        let read: Limits = serde_json::from_str(&text).unwrap();
        assert!(!read.all_roles && !read.all_projects && read.roles.len() > 10 && read.projects.len() > 10);
        let few: Vec<String> = (0..150).map(|n| format!("project-{n}")).collect();
        let read: Limits = serde_json::from_str(&Limits::default().fit(&[], &few)).unwrap();
        assert!(read.all_projects && read.projects.len() == 150);
    }
}
