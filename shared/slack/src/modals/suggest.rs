//! Typed search in a list that is too long to be shown.

use domain::ids::NAME_MAX_CHARS;
use domain::names::fold;
use serde_json::{Value, json};

use crate::ids::field;
use crate::modals::element::option;
use crate::modals::{Limits, OPTIONS_MAX};

/// The options for what was typed into a field, as Slack wants them. Where the form does not know all names, what was
/// typed is one of them, so that every name can be chosen.
#[must_use]
pub fn suggestions(limits: &Limits, of: &str, typed: &str) -> Value {
    let typed = typed.trim();
    let (names, knows_all): (Vec<&String>, bool) = match of {
        field::PROJECT => (limits.projects.iter().collect(), limits.all_projects),
        field::ROLE => (limits.roles.keys().collect(), limits.all_roles),
        _ => (Vec::new(), true),
    };
    let wanted = fold(typed);
    let mut found: Vec<(usize, &String)> =
        names.into_iter().filter_map(|name| Some((fold(name).find(&wanted)?, name))).collect();
    found.sort();
    let is_named = found.iter().any(|(at, name)| *at == 0 && fold(name) == wanted);
    let mut options: Vec<Value> =
        found.iter().take(OPTIONS_MAX - 1).map(|(_, name)| option(name, name)).collect();
    if !knows_all && !is_named && !wanted.is_empty() {
        let typed: String = typed.chars().take(NAME_MAX_CHARS).collect();
        options.push(option(&format!("Use “{typed}”"), &typed));
    }
    json!({ "options": options })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(options: &Value) -> Vec<&str> {
        let options = options["options"].as_array().unwrap();
        options.iter().filter_map(|option| option["value"].as_str()).collect()
    }

    #[test]
    fn a_search_finds_what_begins_so_and_then_what_has_it() {
        let projects = ["a-payments", "Payments", "website"].map(str::to_owned).to_vec();
        let mut limits = Limits { projects, all_projects: true, ..Limits::default() };
        let found = suggestions(&limits, "project", " PAY ");
        assert_eq!(texts(&found), ["Payments", "a-payments"]);
        assert_eq!(texts(&suggestions(&limits, "project", "nothing")), [""; 0]);
        assert_eq!(texts(&suggestions(&limits, "elsewhere", "x")), [""; 0]);
        limits.all_projects = false;
        let unknown = suggestions(&limits, "project", "ledger");
        assert_eq!(texts(&unknown), ["ledger"], "{unknown}");
        assert_eq!(unknown["options"][0]["text"]["text"], "Use “ledger”");
        assert_eq!(texts(&suggestions(&limits, "project", "payments")), ["Payments", "a-payments"]);
        assert_eq!(texts(&suggestions(&limits, "project", "")).len(), 3);
    }

    #[test]
    fn no_more_is_offered_than_slack_shows() {
        let projects = (0..500).map(|n| format!("project-{n}")).collect();
        let limits = Limits { projects, ..Limits::default() };
        let found = suggestions(&limits, "project", "proj");
        assert_eq!(found["options"].as_array().unwrap().len(), OPTIONS_MAX);
    }
}
