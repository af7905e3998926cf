//! The rule that no file of a crate depends, by any way round, on a file that depends on it.
//!
//! A dependency is a path in the code (`use`, a call, a type) that leads to an item of another file of the crate. A
//! declaration (`mod name;`) is none, and a path through a re-export leads to where the item is defined.

mod imports;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::workspace::Workspace;
use imports::{Imports, Path};

/// Re-exports that one path is followed through, at most.
const RE_EXPORTS_MAX: usize = 8;

/// The files of a crate by their modules' paths: `["grants", "arm"]` for `src/grants/arm.rs`.
type Files = BTreeMap<Path, Imports>;

/// Each circle among the given files, as a sentence.
pub(super) fn find(workspace: &Workspace, paths: &[String]) -> Result<Vec<String>, String> {
    let mut crates: BTreeMap<String, Files> = BTreeMap::new();
    for path in paths {
        let Some((source, module)) = module_of(path) else { continue };
        // A file that was deleted a moment ago is still listed by git.
        let Ok(text) = fs::read_to_string(workspace.root().join(path)) else { continue };
        let imports = Imports::read(&text).map_err(|error| format!("{path} cannot be parsed: {error}"))?;
        crates.entry(source).or_default().insert(module, imports);
    }
    Ok(crates.iter().flat_map(|(source, files)| circles(source, files)).collect())
}

/// The crate's source folder and the module that a file is; nothing for tests and for binaries of their own.
fn module_of(path: &str) -> Option<(String, Path)> {
    let (before, after) = path.split_once("src/")?;
    let mut module: Path = after.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    if path.contains("/tests/") || module.iter().any(|part| part == "tests" || part == "bin") {
        return None;
    }
    match module.last().map(String::as_str) {
        Some("mod") => {
            module.pop();
        }
        Some("lib" | "main") if module.len() == 1 => module.clear(),
        _ => {}
    }
    Some((format!("{before}src"), module))
}

fn circles(source: &str, files: &Files) -> Vec<String> {
    let modules: Vec<&Path> = files.keys().collect();
    let index = |module: &Path| modules.binary_search(&module).ok();
    let next: Vec<Vec<usize>> = files
        .iter()
        .map(|(module, imports)| targets(files, module, imports).into_iter().filter_map(index).collect())
        .collect();
    let reach: Vec<BTreeSet<usize>> = (0..modules.len()).map(|from| reachable(&next, from)).collect();
    let reaches = |from: usize, to: usize| reach.get(from).is_some_and(|reached| reached.contains(&to));
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for one in (0..modules.len()).filter(|one| reaches(*one, *one)) {
        if seen.contains(&one) {
            continue;
        }
        let circle = (0..modules.len()).filter(|other| reaches(one, *other) && reaches(*other, one));
        let circle: Vec<usize> = circle.collect();
        let names = circle.iter().filter_map(|module| modules.get(*module)).map(|module| name(module));
        let names: Vec<String> = names.collect();
        found.push(format!("{source}: these files depend on each other: {}", names.join(", ")));
        seen.extend(circle);
    }
    found
}

fn name(module: &Path) -> String {
    if module.is_empty() { "lib.rs".to_owned() } else { module.join("/") }
}

/// The files that one file's paths lead to.
fn targets<'a>(files: &'a Files, module: &Path, imports: &Imports) -> BTreeSet<&'a Path> {
    let leads = imports.paths.iter().filter_map(|path| lead(files, module, path, RE_EXPORTS_MAX));
    leads.filter(|target| *target != module).collect()
}

/// The file that defines what a path in `module` names.
fn lead<'a>(files: &'a Files, module: &Path, path: &Path, re_exports: usize) -> Option<&'a Path> {
    let absolute = absolute(files, module, path)?;
    let known = |depth: &usize| absolute.get(..*depth).is_some_and(|path| files.contains_key(path));
    let depth = (0..=absolute.len()).rev().find(known)?;
    let (target, imports) = files.get_key_value(absolute.get(..depth)?)?;
    let re_export = absolute.get(depth).and_then(|item| imports.re_exports.get(item));
    match re_export.filter(|_| re_exports > 0) {
        // A re-export from another crate ends here.
        Some(path) => lead(files, target, path, re_exports - 1).or(Some(target)),
        None => Some(target),
    }
}

/// A path from the crate's root; nothing for one that leads out of the crate.
fn absolute(files: &Files, module: &Path, path: &Path) -> Option<Path> {
    let mut base = module.clone();
    let mut rest = path.iter().peekable();
    match rest.peek()?.as_str() {
        "crate" => {
            base.clear();
            rest.next();
        }
        "self" => {
            rest.next();
        }
        "super" => {
            while rest.next_if(|part| *part == "super").is_some() {
                base.pop();
            }
        }
        child => {
            base.push(child.to_owned());
            if !files.contains_key(&base) {
                return None;
            }
            rest.next();
        }
    }
    base.extend(rest.cloned());
    Some(base)
}

/// Everything that can be reached from `from` in one step or more.
fn reachable(next: &[Vec<usize>], from: usize) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open = next.get(from).cloned().unwrap_or_default();
    while let Some(module) = open.pop() {
        if reached.insert(module) {
            open.extend(next.get(module).into_iter().flatten());
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(texts: &[(&str, &str)]) -> Files {
        let file = |(path, text): &(&str, &str)| (module_of(path).unwrap().1, Imports::read(text).unwrap());
        texts.iter().map(file).collect()
    }

    #[test]
    fn two_files_that_use_each_other_are_a_circle() {
        let files = files(&[
            ("a/src/lib.rs", "mod one; mod two;"),
            ("a/src/one.rs", "use crate::two::{Two, other};"),
            ("a/src/two.rs", "fn f() -> super::one::One { super::one::One }"),
        ]);
        assert_eq!(circles("a/src", &files), ["a/src: these files depend on each other: one, two"]);
    }

    #[test]
    fn a_re_export_leads_to_where_the_item_is_defined() {
        let files = files(&[
            ("a/src/lib.rs", "mod one; mod two; pub use one::One;"),
            ("a/src/one.rs", "pub struct One;"),
            ("a/src/two.rs", "use crate::One;"),
        ]);
        assert_eq!(circles("a/src", &files), Vec::<String>::new());
    }

    #[test]
    fn an_item_of_the_parent_that_uses_its_child_closes_a_circle() {
        let files = files(&[
            ("a/src/lib.rs", "mod one;"),
            ("a/src/one/mod.rs", "mod inner; const LIMIT: u32 = 1; fn f() { inner::f() }"),
            ("a/src/one/inner.rs", "use super::LIMIT; pub fn f() {}"),
        ]);
        assert_eq!(circles("a/src", &files).len(), 1);
    }

    #[test]
    fn who_may_look_at_an_item_is_no_dependency() {
        let files = files(&[
            ("a/src/lib.rs", "mod one;"),
            ("a/src/one.rs", "mod inner; fn f() { inner::f() }"),
            ("a/src/one/inner.rs", "pub(in crate::one) fn f() {}"),
        ]);
        assert_eq!(circles("a/src", &files), Vec::<String>::new());
    }

    #[test]
    fn tests_may_use_whatever_they_test() {
        assert_eq!(module_of("a/src/one/tests.rs"), None);
        assert_eq!(module_of("a/tests/it/main.rs"), None);
        let files = files(&[
            ("a/src/lib.rs", "mod one; mod two;"),
            ("a/src/one.rs", "use crate::two::Two;"),
            ("a/src/two.rs", "#[cfg(test)] mod tests { use crate::one::One; }"),
        ]);
        assert_eq!(circles("a/src", &files), Vec::<String>::new());
    }
}
