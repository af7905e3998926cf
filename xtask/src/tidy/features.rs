//! Rules on features. What only tests and benchmarks depend on adds none to a crate that programs are built from: where it did,
//! cargo would build the SDK once for the tests and once more for the programs, which is minutes of every check. And what the
//! command line cannot do without is not left to what happens to be built beside it.

use std::collections::BTreeMap;

use super::finding::Finding;
use crate::process::{cargo, output};
use crate::workspace::Workspace;

/// The crate that names the features, for every check builds it.
pub(super) const MANIFEST: &str = "shared/testkit/Cargo.toml";

/// Compares the features of each crate with and without what only tests need.
pub(super) fn one_build_serves_all(workspace: &Workspace) -> Result<Vec<Finding>, String> {
    let tree = |edges: &str| {
        let format = ["--prefix", "none", "--format", "{p}|{f}"];
        output(cargo(workspace, &["tree", "--workspace", "--locked", "--edges", edges]).args(format))
    };
    Ok(differing(&tree("normal,build")?, &tree("normal,build,dev")?))
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
    let has = |login: &str| config.is_some_and(|(_, has)| has.split(',').any(|feature| feature == login));
    let missing = LOGINS.into_iter().filter(|login| !has(login));
    missing
        .map(|login| Finding::new(1, format!("`keylease` needs the feature `{login}` of aws-config")))
        .collect()
}

fn differing(programs: &str, tests: &str) -> Vec<Finding> {
    let tests = features(tests);
    let more = features(programs).into_iter().filter_map(|(name, without)| {
        let with = tests.get(name)?;
        (*with != without).then(|| {
            let what = format!(
                "tests ask for other features of {name} than programs do ([{with}], not [{without}]), so all that lies on \
                 it is built twice; name these features here"
            );
            Finding::new(1, what)
        })
    });
    more.collect()
}

/// Each crate with its features, as `cargo tree` prints them: with a star where it has printed what lies below before.
fn features(tree: &str) -> BTreeMap<&str, &str> {
    let crates = tree.lines().filter_map(|line| line.split_once('|'));
    crates.map(|(name, features)| (name, features.trim_end_matches("(*)").trim_end())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAMS: &str = "either v1.19.0|std\n\nbytes v1.12.2|default,std\n";

    #[test]
    fn what_tests_alone_depend_on_is_theirs() {
        let tests = "either v1.19.0|std (*)\nbytes v1.12.2|default,std\ncriterion v0.7.0| (*)\n";
        assert_eq!(differing(PROGRAMS, tests), []);
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
    fn a_feature_that_only_tests_ask_for_is_found() {
        let found = differing(PROGRAMS, "either v1.19.0|std,use_std\nbytes v1.12.2|default,std\n");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].what.contains("either v1.19.0 than programs do ([std,use_std], not [std])"),
            "{found:?}"
        );
    }
}
