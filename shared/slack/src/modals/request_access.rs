//! The form by which somebody asks for access. It is opened with fields to type into, so that it can be used at once and
//! whatever becomes of its filling; filled, it has the catalogue's choices.

use domain::command::InPart;
use domain::names;
use domain::project::Project;
use domain::validation::JUSTIFICATION_MAX_CHARS;
use domain::{GrantDuration, ProjectName, RoleName, SlackUserId};
use serde_json::{Value, json};

use crate::ids::{REQUEST_ACCESS, field};
use crate::modals::element::{Field, context, modal, notice, option, section};
use crate::modals::limits::Asked;
use crate::modals::{Entered, Faults, Limits, OPTIONS_MAX, describe, durations, metadata};
use crate::text;

const TITLE: &str = "Request AWS access";
const SUBMIT: &str = "Ask";
/// Longest project, role or duration that can be typed, in characters.
const TYPED_MAX_CHARS: usize = 128;

const PROJECT: Field = Field::required(field::PROJECT, "Project");
const ROLE: Field = Field::required(field::ROLE, "Role");
const DURATION: Field = Field::required(field::DURATION, "How long");
const DURATION_TEXT: Field = Field::optional(field::DURATION_TEXT, "Or another time");
const BREAK_GLASS: Field = Field::optional(field::BREAK_GLASS, "Is it an emergency?");
const JUSTIFICATION: Field = Field::optional(field::JUSTIFICATION, "Why");

/// The choices of [`BREAK_GLASS`].
const ASK_PEOPLE: &str = "no";
const IS_EMERGENCY: &str = "yes";

const DURATION_EXAMPLE: &str = "90m, 2h or 1d";

/// What can be asked for, by somebody, after they have chosen so much.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Offer<'a> {
    /// Every project, in the order in which they are shown.
    pub projects: &'a [ProjectName],
    pub project: Option<&'a Project>,
    pub role: Option<&'a str>,
    pub shortest: GrantDuration,
    /// Who sees the form.
    pub requester: &'a SlackUserId,
    /// How long they can have the role at once in an emergency; none where they cannot.
    pub break_glass: Option<GrantDuration>,
    /// What is said besides, in plain text.
    pub note: Option<&'a str>,
    /// How long was asked for already.
    pub duration: Option<GrantDuration>,
    /// What was filled in before, where the form is shown again.
    pub again: Option<&'a Again>,
}

/// A form that was submitted and refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Again {
    pub filled: Filled,
    /// The field at which something is wrong.
    pub at: &'static str,
    /// What is wrong, as a message says it.
    pub why: String,
}

/// What was filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Filled {
    pub project: String,
    pub role: String,
    pub duration: String,
    pub justification: Option<String>,
    /// Whether it is an emergency.
    pub break_glass: bool,
}

/// The form as it opens, before anything is known.
#[must_use]
pub fn opening() -> Value {
    opening_with(&InPart::default())
}

/// The same, with what somebody typed already.
#[must_use]
pub fn opening_with(typed: &InPart) -> Value {
    let duration = typed.duration.map(GrantDuration::compact);
    let blocks = [
        context(":hourglass_flowing_sand: I am looking up what you can ask for. You can also just type it."),
        PROJECT.text_with("The project's name", TYPED_MAX_CHARS, typed.project.as_deref()),
        ROLE.text_with("The role's name", TYPED_MAX_CHARS, typed.role.as_deref()),
        DURATION.text_with(DURATION_EXAMPLE, TYPED_MAX_CHARS, duration.as_deref()),
        why(None),
    ];
    modal(REQUEST_ACCESS, TITLE, SUBMIT, "", &blocks)
}

/// The form with the catalogue's choices.
#[must_use]
pub fn filled(offer: &Offer<'_>) -> Value {
    if offer.projects.is_empty() {
        return notice(
            REQUEST_ACCESS,
            TITLE,
            "There are no projects yet. Ask whoever runs Keylease to add yours.",
        );
    }
    let project = offer.project;
    let role = project.and_then(|project| role(project, offer.role));
    let mut blocks = Vec::new();
    blocks.extend(offer.note.map(|note| context(&format!(":warning: {}", text::escape(note)))));
    blocks.push(projects(offer));
    let before = offer.again.map(|again| &again.filled);
    match project {
        None => {
            blocks.push(context("Choose a project, and its roles are shown."));
            let typed = before.map(|filled| &*filled.role);
            blocks.push(ROLE.text_with("The role's name", TYPED_MAX_CHARS, typed));
            blocks.push(typed_duration(offer));
        }
        Some(project) if project.roles.is_empty() => {
            blocks.push(section(
                "This project has no roles yet. Ask its owner to add one, or choose another project.",
            ));
            blocks.push(ROLE.text("The role's name", TYPED_MAX_CHARS, false));
            blocks.push(typed_duration(offer));
        }
        Some(project) => {
            let names: Vec<&str> = project.roles.keys().map(RoleName::as_str).collect();
            blocks.push(list(ROLE.dispatching(), "Choose a role", &names, role.map(RoleName::as_str)));
            blocks.push(section(&describe::roles(project, role)));
            blocks.push(context(&describe::approvers(project, role, offer.requester)));
            let (options, first) = durations::choices(offer.shortest, longest(project, role));
            let typed = typed(offer);
            let same =
                options.iter().find(|option| typed.is_some() && option.get("value") == Some(&json!(typed)));
            let other = typed.as_deref().filter(|_| same.is_none());
            let first = same.cloned().or(first);
            blocks.push(DURATION.choices("Choose how long", &options, first));
            blocks.push(DURATION_TEXT.text_with(DURATION_EXAMPLE, TYPED_MAX_CHARS, other));
            let is_emergency = before.is_some_and(|filled| filled.break_glass);
            blocks.extend(offer.break_glass.into_iter().flat_map(|limit| emergency(limit, is_emergency)));
        }
    }
    blocks.push(why(before.and_then(|filled| filled.justification.as_deref())));
    if let Some(again) = offer.again {
        say_at(&mut blocks, again);
    }
    modal(REQUEST_ACCESS, TITLE, SUBMIT, &limits(offer), &blocks)
}

/// What somebody filled in, or what is wrong with it, by field.
pub fn read(view: &Value) -> Result<Filled, Faults> {
    let entered = Entered::of(view);
    let [project, role, justification] =
        [field::PROJECT, field::ROLE, field::JUSTIFICATION].map(|field| entered.text(field));
    let (at, duration) = match entered.text(field::DURATION_TEXT) {
        Some(typed) => (field::DURATION_TEXT, Some(typed)),
        None => (field::DURATION, entered.text(field::DURATION)),
    };
    let asked = Asked {
        project: project.as_deref(),
        role: role.as_deref(),
        duration: (at, duration.as_deref()),
        justification: justification.as_deref(),
    };
    let mut faults = metadata(view).faults(&asked);
    let break_glass = entered.text(field::BREAK_GLASS).as_deref() == Some(IS_EMERGENCY);
    if break_glass && justification.is_none() {
        faults.insert(field::JUSTIFICATION, "Say why: nobody is asked in an emergency.".to_owned());
    }
    match (project, role, duration) {
        (Some(project), Some(role), Some(duration)) if faults.is_empty() => {
            Ok(Filled { project, role, duration, justification, break_glass })
        }
        _ => Err(faults),
    }
}

/// What was chosen when something was: the project, and the role where that was the last choice.
#[must_use]
pub fn choice(view: &Value, field: &str, chosen: Option<String>) -> Option<(Option<String>, Option<String>)> {
    match field {
        field::PROJECT => Some((chosen, None)),
        field::ROLE => Some((Entered::of(view).text(field::PROJECT), chosen)),
        _ => None,
    }
}

fn projects(offer: &Offer<'_>) -> Value {
    let names: Vec<&str> = offer.projects.iter().map(ProjectName::as_str).collect();
    let chosen = offer.project.map(|project| project.project.as_str());
    list(PROJECT.dispatching(), "Choose a project", &names, chosen)
}

/// A list of names: searched where Slack shows no list so long.
fn list(field: Field, placeholder: &str, names: &[&str], chosen: Option<&str>) -> Value {
    if names.len() > OPTIONS_MAX {
        return field.search(placeholder, chosen.map(|name| option(name, name)));
    }
    let chosen = chosen.filter(|chosen| names.contains(chosen)).map(|name| option(name, name));
    let options: Vec<Value> = names.iter().map(|name| option(name, name)).collect();
    field.choices(placeholder, &options, chosen)
}

fn typed_duration(offer: &Offer<'_>) -> Value {
    DURATION.text_with(DURATION_EXAMPLE, TYPED_MAX_CHARS, typed(offer).as_deref())
}

/// How long was asked for already, as it can be typed; to the letter where it is not understood.
fn typed(offer: &Offer<'_>) -> Option<String> {
    let before = offer.again.map(|again| again.filled.duration.as_str());
    let understood = before.and_then(|typed| GrantDuration::parse(typed).ok());
    match offer.duration.or(understood) {
        Some(duration) => Some(duration.compact()),
        None => before.map(str::to_owned),
    }
}

/// Puts what is wrong below its field: below the last one, where how long has two.
fn say_at(blocks: &mut Vec<Value>, again: &Again) {
    let is_of = |block: &Value| {
        let id = block.get("block_id").and_then(Value::as_str);
        id == Some(again.at) || (again.at == field::DURATION && id == Some(field::DURATION_TEXT))
    };
    let at = blocks.iter().rposition(is_of).map_or(0, |field| field + 1);
    blocks.insert(at, context(&format!(":warning: {}", again.why)));
}

/// Whether they take it at once, without asking anybody.
fn emergency(limit: GrantDuration, is_chosen: bool) -> [Value; 2] {
    let ask = option("No: ask the approvers", ASK_PEOPLE);
    let take = option(&format!("Yes: now, for at most {limit}"), IS_EMERGENCY);
    let chosen = if is_chosen { take.clone() } else { ask.clone() };
    [
        BREAK_GLASS.choices("Choose", &[ask, take], Some(chosen)),
        context(
            "In an emergency nobody is asked. Everybody who can approve is told, and one of them reviews it afterwards.",
        ),
    ]
}

fn why(typed: Option<&str>) -> Value {
    JUSTIFICATION.lines_with("What it is for; approvers read this", JUSTIFICATION_MAX_CHARS, typed)
}

/// The role that was chosen, or the only one.
fn role<'a>(project: &'a Project, chosen: Option<&str>) -> Option<&'a RoleName> {
    match chosen {
        Some(chosen) => names::find(project.roles.keys(), chosen),
        None => project.roles.keys().next().filter(|_| project.roles.len() == 1),
    }
}

/// The longest grant of the role; of any role where none is chosen.
fn longest(project: &Project, role: Option<&RoleName>) -> GrantDuration {
    let of = project.roles.iter().filter(|(name, _)| role.is_none_or(|role| role == *name));
    of.map(|(_, role)| role.longest()).max().unwrap_or(GrantDuration::SHORTEST)
}

fn limits(offer: &Offer<'_>) -> String {
    let roles: Vec<(String, u32)> = offer
        .project
        .iter()
        .flat_map(|project| &project.roles)
        .map(|(name, role)| (name.to_string(), role.longest().seconds()))
        .collect();
    let searched = if offer.projects.len() > OPTIONS_MAX { offer.projects } else { &[] };
    let searched: Vec<String> = searched.iter().map(ToString::to_string).collect();
    let limits = Limits {
        shortest: offer.shortest.seconds(),
        project: offer.project.map(|project| project.project.to_string()),
        ..Limits::default()
    };
    limits.fit(&roles, &searched)
}
