//! Rules on features. What only tests and benchmarks depend on adds none to a crate that programs are built from, and what a step
//! builds alone has the features that it has among all: otherwise cargo would build the SDK or the workers once more, which is
//! minutes of every check. And what the command line cannot do without is not left to what happens to be built beside it.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::Finding;
use crate::process::{cargo, output};
use crate::workspace::Workspace;

/// The crate that names the features, for every check builds it.
pub(super) const MANIFEST: &str = "shared/testkit/Cargo.toml";

/// What a check, or a developer, builds alone: packages that are built together.
const BUILT_ALONE: [&[&str]; 5] =
    [&["endpoint"], &["simulation"], &["workers-tests"], &["sandbox"], &["instructions", "sandbox"]];

/// Compares the features of each crate with and without what only tests need, and among all with what is built alone.
pub(super) fn one_build_serves_all(workspace: &Workspace) -> Result<Vec<Finding>, String> {
    let tree = |packages: &[&str], edges: &str| {
        let format = ["--prefix", "none", "--format", "{p}|{f}"];
        output(cargo(workspace, &["tree", "--locked", "--edges", edges]).args(packages).args(format))
    };
    let tests = tree(&["--workspace"], "normal,build,dev")?;
    let mut findings = differing(&tree(&["--workspace"], "normal,build")?, &tests, "programs do");
    for packages in BUILT_ALONE {
        let named: Vec<_> = packages.iter().flat_map(|package| ["--package", package]).collect();
        let alone = tree(&named, "normal,build,dev")?;
        findings.extend(differing(&alone, &tests, &format!("`{}` does", packages.join(" and "))));
    }
    Ok(findings)
}

/// The manifest of the command line.
pub(super) const COMMAND_LINE: &str = "ops/Cargo.toml";

/// The ways to log in that people's AWS profiles use. The embedded AWS asks for them too, so that no test would miss them.
const LOGINS: [&str; 2] = ["credentials-process", "sso"];

/// Whether the command line, built by itself as it is released, can use people's AWS profiles.
pub(super) fn profiles_can_be_used(workspace: &Workspace) -> Result<Vec<Finding>, String> {
    let asked = ["tree", "--package", "ops", "--locked", "--edges", "normal"];
    let format = ["--depth", "1", "--prefix", "none", "--format", "{p}|{f}"];
    Ok(missing_logins(&output(cargo(workspace, &asked).args(format))?))
}

fn missing_logins(tree: &str) -> Vec<Finding> {
    let features = features(tree);
    let config = features.iter().find(|(name, _)| name.starts_with("aws-config "));
    let has = |login: &str| {
        config.is_some_and(|(_, has)| has.iter().all(|has| has.split(',').any(|feature| feature == login)))
    };
    let missing = LOGINS.into_iter().filter(|login| !has(login));
    missing
        .map(|login| Finding::new(1, format!("`keylease` needs the feature `{login}` of aws-config")))
        .collect()
}

fn differing(some: &str, all: &str, who: &str) -> Vec<Finding> {
    let all = features(all);
    let differ = features(some).into_iter().filter_map(|(name, without)| {
        let with = all.get(name)?;
        (!without.is_subset(with)).then(|| {
            let what = format!(
                "all tests together ask for other features of {name} than {who} ({with:?}, not {without:?}), so all that \
                 lies on it is built twice; name these features here"
            );
            Finding::new(1, what)
        })
    });
    differ.collect()
}

/// Each crate with its features, as `cargo tree` prints them: with a star where it has printed what lies below before. A crate that
/// procedural macros need too may be built twice, each time with other features.
fn features(tree: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut crates = BTreeMap::<_, BTreeSet<_>>::new();
    for (name, features) in tree.lines().filter_map(|line| line.split_once('|')) {
        crates.entry(name).or_default().insert(features.trim_end_matches("(*)").trim_end());
    }
    crates
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAMS: &str = "either v1.19.0|std\n\nbytes v1.12.2|default,std\n";

    #[test]
    fn what_tests_alone_depend_on_is_theirs() {
        let tests = "either v1.19.0|std (*)\nbytes v1.12.2|default,std\ncriterion v0.7.0| (*)\n";
        assert_eq!(differing(PROGRAMS, tests, "programs do"), []);
    }

    #[test]
    fn the_command_line_needs_the_ways_to_log_in() {
        assert_eq!(
            missing_logins("ops v0.1.0|\naws-config v1.13.0|credentials-process,rt-tokio,sso (*)\n"),
            []
        );
        let found = missing_logins("ops v0.1.0|\naws-config v1.13.0|rt-tokio,sso-of-another\n");
        assert_eq!(found.len(), LOGINS.len(), "{found:?}");
    }

    #[test]
    fn a_crate_that_procedural_macros_need_too_may_be_built_twice() {
        let all = "syn v2.0.1|full\nsyn v2.0.1|derive\n";
        assert_eq!(differing("syn v2.0.1|derive\n", all, "`endpoint` does"), []);
        assert_eq!(differing("syn v2.0.1|visit\n", all, "`endpoint` does").len(), 1);
    }

    #[test]
    fn a_feature_that_only_tests_ask_for_is_found() {
        let tests = "either v1.19.0|std,use_std\nbytes v1.12.2|default,std\n";
        let found = differing(PROGRAMS, tests, "programs do");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].what.contains(r#"either v1.19.0 than programs do ({"std,use_std"}, not {"std"})"#),
            "{found:?}"
        );
    }
}
