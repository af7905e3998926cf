//! A command against the catalogue: which of its words name a project and a role.

use super::parts::{duration_at, why};
use super::ways;
use super::words::{Apart, HEAD_WORDS_MAX, Word, words};
use crate::duration::GrantDuration;
use crate::ids::{ProjectName, RoleName};
use crate::names::fold;
use crate::project::Project;

/// Projects that one command is read against, at most.
const PROJECTS_MAX: usize = 8;
/// Words of one name, at most.
const NAME_WORDS_MAX: usize = 10;
/// Words between the names that mean nothing by themselves: `ReadOnly on payments for 2h`.
const FILLERS: [&str; 17] = [
    "access", "as", "at", "duration", "for", "i", "in", "me", "my", "need", "on", "please", "project",
    "role", "the", "to", "with",
];
/// Such words that are passed over, at most.
const FILLERS_MAX: usize = 6;

/// What a command means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Meaning {
    /// The project, as the catalogue spells it.
    pub project: ProjectName,
    /// The role, as the catalogue spells it.
    pub role: RoleName,
    pub duration: GrantDuration,
    pub why: Option<String>,
}

/// What was understood of a command that is not understood whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Partial {
    /// The project, as the catalogue spells it.
    pub project: ProjectName,
    /// The role, as the catalogue spells it.
    pub role: Option<RoleName>,
    pub duration: Option<GrantDuration>,
    /// The first words that are none of these.
    pub rest: String,
}

/// The projects that the first words may name.
#[must_use]
pub fn named<'a>(text: &str, names: &'a [ProjectName]) -> Vec<&'a ProjectName> {
    let mut segments = Vec::new();
    for (text, _) in ways(text) {
        let words = words(&text, Apart::Signs);
        for from in 0..words.len() {
            segments.extend(
                (from + 1..=words.len().min(from + NAME_WORDS_MAX))
                    .map(|to| segment(&text, &words, from, to)),
            );
        }
    }
    let is_named = |name: &&ProjectName| {
        let folded = fold(name.as_str());
        !folded.is_empty() && segments.contains(&folded)
    };
    names.iter().filter(is_named).take(PROJECTS_MAX).collect()
}

/// What the command means, where it can mean one thing only; the documented order goes before any other.
///
/// An error has the readings that are possible: none, or several projects and roles.
pub fn interpret(text: &str, projects: &[Project]) -> Result<Meaning, Vec<(ProjectName, RoleName)>> {
    let mut readings = Vec::new();
    for (text, _) in ways(text) {
        let words = words(&text, Apart::Signs);
        for project in projects.iter().take(PROJECTS_MAX) {
            let search = Search { text: &text, words: &words, project };
            search.go(0, State::default(), &mut readings);
        }
        if !readings.is_empty() {
            break;
        }
    }
    let best = readings.iter().map(|(rank, _)| *rank).min();
    let mut best: Vec<Meaning> =
        readings.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, meaning)| meaning).collect();
    best.dedup();
    match best.len() {
        1 => best.pop().ok_or_else(Vec::new),
        _ => Err(best.into_iter().map(|meaning| (meaning.project, meaning.role)).collect()),
    }
}

/// How far a reading is from the documented order, and how many words it passes over.
type Rank = (bool, usize);

#[derive(Debug, Clone, Copy, Default)]
struct State<'a> {
    has_project: bool,
    role: Option<&'a RoleName>,
    duration: Option<(GrantDuration, usize)>,
    is_out_of_order: bool,
    fillers: usize,
}

struct Search<'a> {
    text: &'a str,
    words: &'a [Word<'a>],
    project: &'a Project,
}

impl<'a> Search<'a> {
    fn go(&self, at: usize, state: State<'a>, readings: &mut Vec<(Rank, Meaning)>) {
        if let (true, Some(role), Some((duration, _))) = (state.has_project, state.role, state.duration) {
            let end = at.checked_sub(1).and_then(|last| self.words.get(last)).map_or(0, |word| word.end);
            let end = end.max(state.duration.map_or(0, |(_, end)| end));
            let project = self.project.project.clone();
            let meaning = Meaning { project, role: role.clone(), duration, why: why(self.text, end) };
            readings.push(((state.is_out_of_order, state.fillers), meaning));
            return;
        }
        let Some(word) = self.words.get(at) else { return };
        let segments = (at + 1..=self.words.len().min(at + NAME_WORDS_MAX))
            .map(|to| (to, segment(self.text, self.words, at, to)));
        for (to, folded) in segments {
            if !state.has_project && is_name(&folded, self.project.project.as_str()) {
                let is_out_of_order =
                    state.is_out_of_order || state.role.is_some() || state.duration.is_some();
                self.go(to, State { has_project: true, is_out_of_order, ..state }, readings);
            }
            if state.role.is_none()
                && let Some(role) = role(self.project, &folded)
            {
                let is_out_of_order = state.is_out_of_order || state.duration.is_some();
                self.go(to, State { role: Some(role), is_out_of_order, ..state }, readings);
            }
        }
        if state.duration.is_none()
            && let Some((duration, end)) = duration_at(self.text, word.start)
        {
            let to = self.words.iter().position(|word| word.start >= end).unwrap_or(self.words.len());
            self.go(to, State { duration: Some((duration, end)), ..state }, readings);
        }
        if state.fillers < FILLERS_MAX && FILLERS.contains(&fold(word.text).as_str()) {
            self.go(at + 1, State { fillers: state.fillers + 1, ..state }, readings);
        }
    }
}

/// As much as can be understood: of the project that explains most of the words.
#[must_use]
pub fn partial(text: &str, projects: &[Project]) -> Option<Partial> {
    let (text, _) = ways(text).into_iter().next()?;
    let words = words(&text, Apart::Signs);
    let found = projects.iter().take(PROJECTS_MAX).filter_map(|project| understood(&text, &words, project));
    found
        .max_by_key(|(covered, partial)| {
            (usize::from(partial.role.is_some()) + usize::from(partial.duration.is_some()), *covered)
        })
        .map(|(_, partial)| partial)
}

fn understood(text: &str, words: &[Word<'_>], project: &Project) -> Option<(usize, Partial)> {
    let mut is_covered = vec![false; words.len()];
    let (from, to, ()) =
        longest(text, words, &is_covered, |folded| is_name(folded, project.project.as_str()).then_some(()))?;
    cover(&mut is_covered, from, to);
    let role = longest(text, words, &is_covered, |folded| role(project, folded));
    if let Some((from, to, _)) = role {
        cover(&mut is_covered, from, to);
    }
    let duration = words.iter().enumerate().find_map(|(at, word)| {
        let (duration, end) = duration_at(text, word.start).filter(|_| is_covered.get(at) == Some(&false))?;
        Some((at, words.iter().position(|word| word.start >= end).unwrap_or(words.len()), duration))
    });
    if let Some((from, to, _)) = duration {
        cover(&mut is_covered, from, to);
    }
    let covered = is_covered.iter().filter(|covered| **covered).count();
    let is_open = |at: usize| is_covered.get(at) == Some(&false);
    let from = (0..words.len()).find(|at| is_open(*at)).unwrap_or(words.len());
    let to = (from..words.len()).find(|at| !is_open(*at)).unwrap_or(words.len());
    // Of a long rest, the first words say enough.
    let rest = if from < to { slice(text, words, from, to.min(from + 4)) } else { "" };
    let partial = Partial {
        project: project.project.clone(),
        role: role.map(|(_, _, role)| role.clone()),
        duration: duration.map(|(_, _, duration)| duration),
        rest: rest.to_owned(),
    };
    Some((covered, partial))
}

/// The longest run of words that are not covered and name something, the earliest of these.
fn longest<T>(
    text: &str,
    words: &[Word<'_>],
    is_covered: &[bool],
    name: impl Fn(&str) -> Option<T>,
) -> Option<(usize, usize, T)> {
    for length in (1..=NAME_WORDS_MAX.min(words.len())).rev() {
        for from in 0..=words.len().min(HEAD_WORDS_MAX) - length {
            let to = from + length;
            let is_free = is_covered.get(from..to).is_some_and(|run| run.iter().all(|covered| !covered));
            if let Some(found) = is_free.then(|| name(&segment(text, words, from, to))).flatten() {
                return Some((from, to, found));
            }
        }
    }
    None
}

fn cover(is_covered: &mut [bool], from: usize, to: usize) {
    for covered in is_covered.iter_mut().take(to).skip(from) {
        *covered = true;
    }
}

fn slice<'a>(text: &'a str, words: &[Word<'_>], from: usize, to: usize) -> &'a str {
    let start = words.get(from).map_or(text.len(), |word| word.start);
    let end = to.checked_sub(1).and_then(|last| words.get(last)).map_or(start, |word| word.end);
    text.get(start..end).unwrap_or_default()
}

/// Some words as names are compared.
fn segment(text: &str, words: &[Word<'_>], from: usize, to: usize) -> String {
    fold(slice(text, words, from, to))
}

fn is_name(folded: &str, name: &str) -> bool {
    !folded.is_empty() && fold(name) == folded
}

/// The only role of this name.
fn role<'a>(project: &'a Project, folded: &str) -> Option<&'a RoleName> {
    let mut roles = project.roles.keys().filter(|role| is_name(folded, role.as_str()));
    roles.next().filter(|_| roles.next().is_none())
}
