//! Deliberate breakages: each is put into a copy of the workspace, and a history that must not hold then is played.
//!
//! A breakage is a diff in `simulation/mutants`, with a heading: a sentence, and the lines `Invariant:` and `Replay:`.

mod copy;
mod heading;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::process::{checking, run as run_process};
use crate::workspace::Workspace;
use copy::copy;
use heading::{Heading, read};

const FOLDER: &str = "simulation/mutants";
/// Random histories that are looked through where the one that the heading names does not catch a breakage any more.
const SEARCHED: u64 = 4_000;

/// A breakage.
struct Mutant {
    name: String,
    diff: PathBuf,
    heading: Heading,
}

/// Plays all of them, or those that are named, and fails if any history held all the same.
pub(crate) fn run(workspace: &Workspace, names: &[String]) -> Result<(), String> {
    let all = list(workspace)?;
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|mutant| mutant.name != **name)) {
        let known: Vec<&str> = all.iter().map(|mutant| mutant.name.as_str()).collect();
        return Err(format!("there is no breakage `{unknown}`; there are: {}", known.join(", ")));
    }
    let tree = workspace.target().join("mutants");
    copy(workspace, &tree)?;
    let mut missed = Vec::new();
    let wanted: Vec<&Mutant> =
        all.iter().filter(|mutant| names.is_empty() || names.contains(&mutant.name)).collect();
    for (index, mutant) in wanted.iter().enumerate() {
        println!("[{}/{}] {}: {}", index + 1, wanted.len(), mutant.name, mutant.heading.sentence);
        apply(&mutant.diff, &tree, &[])?;
        let outcome = play(workspace, &tree, &mutant.heading);
        apply(&mutant.diff, &tree, &["--reverse"])?;
        match outcome {
            Ok(Some(Caught { violation, replay })) => {
                println!("    caught: {violation}");
                if replay != mutant.heading.replay {
                    println!(
                        "    by `{replay}` now; its heading and docs/simulation.md are brought up to date"
                    );
                    renew(workspace, mutant, &replay)?;
                }
            }
            Ok(None) => {
                println!("    NOT CAUGHT: everything held");
                missed.push(mutant.name.as_str());
            }
            Err(why) => {
                println!("    NOT PLAYED: {why}");
                missed.push(mutant.name.as_str());
            }
        }
    }
    forget(workspace)?;
    if missed.is_empty() {
        println!("{} breakages, each caught", wanted.len());
        return Ok(());
    }
    Err(format!("not caught: {}", missed.join(", ")))
}

/// Takes what was built of the copy out of the target folder, where cargo would take it for the workspace's own.
fn forget(workspace: &Workspace) -> Result<(), String> {
    let built = [
        "keylease-domain",
        "keylease-service",
        "keylease-aws",
        "keylease-slack",
        "workers",
        "keylease-testkit",
        "simulation",
        "ingress",
    ];
    run_process(
        checking(workspace, "clean").arg("--quiet").args(built.iter().flat_map(|name| ["--package", name])),
    )
}

/// All breakages, by name.
fn list(workspace: &Workspace) -> Result<Vec<Mutant>, String> {
    let folder = workspace.root().join(FOLDER);
    let unreadable = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))?;
    let mut mutants = Vec::new();
    for entry in entries {
        let diff = entry.map_err(|error| unreadable(&folder, error))?.path();
        let Some(name) = diff.file_name().and_then(|name| name.to_str()?.strip_suffix(".diff")) else {
            continue;
        };
        let text = std::fs::read_to_string(&diff).map_err(|error| unreadable(&diff, error))?;
        let heading = read(&text).map_err(|why| format!("{}: {why}", diff.display()))?;
        mutants.push(Mutant { name: name.to_owned(), heading, diff });
    }
    mutants.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(mutants)
}

fn apply(diff: &Path, tree: &Path, how: &[&str]) -> Result<(), String> {
    let mut git = Command::new("git");
    git.arg("apply").args(how).arg(diff).current_dir(tree);
    // The copy lies inside this repository and is not part of it.
    git.env("GIT_CEILING_DIRECTORIES", tree.parent().unwrap_or(tree));
    let output = git.output().map_err(|error| format!("git did not start: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{} does not fit the code any more: {}", diff.display(), said.trim()))
}

/// What caught a breakage.
struct Caught {
    /// What did not hold.
    violation: String,
    /// The history in which it did not, as arguments of `cargo xtask simulate`.
    replay: String,
}

/// Builds the broken copy and plays the history that the heading names, and then others: a change of the code makes another
/// history of a seed.
fn play(workspace: &Workspace, tree: &Path, heading: &Heading) -> Result<Option<Caught>, String> {
    let build = ["--quiet", "--package", "simulation", "--bin", "simulate"];
    // Its dependencies are built already; what is built from the copy is built anew when the copy changes.
    let mut builds = checking(workspace, "build");
    run_process(builds.args(build).current_dir(tree).env("CARGO_TARGET_DIR", workspace.target()))?;
    let wanted = format!("invariant {} ", heading.invariant);
    let (violation, _) = simulate(workspace, &heading.replay)?;
    if let Some(violation) = violation.filter(|violation| violation.contains(&wanted)) {
        return Ok(Some(Caught { violation, replay: heading.replay.clone() }));
    }
    let mut first = 0;
    while first < SEARCHED {
        let others = format!("--first {first} --histories {}", SEARCHED - first);
        let (Some(violation), Some(seed)) = simulate(workspace, &others)? else { break };
        if violation.contains(&wanted) {
            return Ok(Some(Caught { violation, replay: format!("--seed {seed}") }));
        }
        first = seed + 1;
    }
    Ok(None)
}

/// Plays what the arguments say: what did not hold first, and the seed of that history where it was a random one.
fn simulate(workspace: &Workspace, arguments: &str) -> Result<(Option<String>, Option<u64>), String> {
    let mut simulate = Command::new(workspace.programs().join("simulate"));
    let output = simulate.args(arguments.split(' ')).stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("simulate did not start: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let after = |mark: &str| said.lines().find_map(|line| line.split_once(mark)).map(|(_, rest)| rest);
    let seed = after("replay: cargo xtask simulate --seed ").and_then(|seed| seed.trim().parse().ok());
    Ok((after("!! ").map(str::to_owned), seed))
}

/// Writes the history that catches a breakage into its heading, and into the table.
fn renew(workspace: &Workspace, mutant: &Mutant, replay: &str) -> Result<(), String> {
    let old = mutant.heading.row(&mutant.name);
    let new = Heading { replay: replay.to_owned(), ..mutant.heading.clone() };
    let line = |heading: &Heading| format!("\nReplay: {}\n", heading.replay);
    replace(&mutant.diff, &line(&mutant.heading), &line(&new))?;
    replace(&workspace.root().join("docs/simulation.md"), &old, &new.row(&mutant.name))
}

fn replace(path: &Path, old: &str, new: &str) -> Result<(), String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(failed)?;
    std::fs::write(path, text.replacen(old, new, 1)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_breakage_fits_the_code_and_stands_in_the_table() {
        let workspace = Workspace::find();
        let page = std::fs::read_to_string(workspace.root().join("docs/simulation.md")).unwrap();
        let all = list(&workspace).unwrap();
        assert!(all.len() >= 10, "{}", all.len());
        for mutant in all {
            apply(&mutant.diff, workspace.root(), &["--check"]).unwrap();
            let row = mutant.heading.row(&mutant.name);
            assert!(page.contains(&row), "docs/simulation.md lacks this row:\n{row}");
        }
    }
}
