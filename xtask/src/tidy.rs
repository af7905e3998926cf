//! `tidy`: the project's own rules, each finding a line `path:line: what, and what to do`.

mod arms;
mod circles;
mod crates;
mod features;
mod finding;
mod lines;
mod words;

use std::fs;
use std::process::Command;

use crate::workspace::Workspace;
use finding::{Finding, is_rust};

/// A rule looks at one file, by its path from the workspace's root and its text.
type Rule = fn(path: &str, text: &str) -> Vec<Finding>;

const RULES: [Rule; 10] = [
    arms::every_kind_is_named,
    lines::says_its_purpose,
    lines::is_small,
    lines::has_no_example,
    lines::worker_binary_is_thin,
    crates::some_crates_do_without,
    crates::only_one_crate_names_aws,
    crates::the_ingress_does_without_grants,
    words::nothing_is_put_off,
    words::replaced_words_stay_away,
];

pub(crate) fn run(workspace: &Workspace, _: &[String]) -> Result<(), String> {
    let mut findings = 0;
    let files = files(workspace)?;
    for path in &files {
        // What is not UTF-8 text (a picture) or has just been deleted has no lines to look at.
        let Ok(text) = fs::read_to_string(workspace.root().join(path)) else { continue };
        for finding in RULES.iter().flat_map(|rule| rule(path, &text)) {
            println!("{path}:{}: {}", finding.line, finding.what);
            findings += 1;
        }
    }
    for finding in features::one_build_serves_all(workspace)? {
        println!("{}:{}: {}", features::MANIFEST, finding.line, finding.what);
        findings += 1;
    }
    for finding in features::profiles_can_be_used(workspace)? {
        println!("{}:{}: {}", features::COMMAND_LINE, finding.line, finding.what);
        findings += 1;
    }
    for circle in circles::find(workspace, &rust_files(&files))? {
        println!("{circle}");
        findings += 1;
    }
    match findings {
        0 => {
            println!("tidy: {} files, nothing to put right", files.len());
            Ok(())
        }
        1 => Err(String::from("tidy has 1 finding, above")),
        many => Err(format!("tidy has {many} findings, above")),
    }
}

fn rust_files(files: &[String]) -> Vec<String> {
    files.iter().filter(|path| is_rust(path)).cloned().collect()
}

/// Every file that is tracked, or would be when added.
pub(crate) fn files(workspace: &Workspace) -> Result<Vec<String>, String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(workspace.root())
        .output()
        .map_err(|error| format!("tidy asks git for the files, and git did not start: {error}"))?;
    if !listed.status.success() {
        return Err(format!("git ls-files failed: {}", String::from_utf8_lossy(&listed.stderr).trim()));
    }
    let names = String::from_utf8_lossy(&listed.stdout);
    Ok(names.split('\0').filter(|name| !name.is_empty()).map(String::from).collect())
}
