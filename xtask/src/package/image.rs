//! The image is built by hand and seldom: what its file takes from the rest of the project is compared with it here.

use std::fs;
use std::path::Path;

use super::PROGRAMS;
use super::zig::WORKERS;

/// Also the ingress: as a service it answers many at a time, and a panic may not end it.
const PROFILE: &str = WORKERS.profile;
/// The operator's command line goes into the image too.
const OPERATOR: &str = "keylease";

fn read(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    fs::read_to_string(root.join(name)).unwrap()
}

/// The file's instructions, each on a line, without its comments.
fn instructions() -> Vec<String> {
    let lines = read("Containerfile");
    let lines = lines.lines().filter(|line| !line.starts_with('#')).collect::<Vec<_>>().join("\n");
    lines.replace("\\\n", " ").lines().map(str::to_owned).filter(|line| !line.is_empty()).collect()
}

fn one(beginning: &str) -> String {
    let mut found = instructions().into_iter().filter(|line| line.starts_with(beginning));
    let line = found.next().unwrap_or_else(|| panic!("no `{beginning}` in the Containerfile"));
    assert_eq!(found.next(), None, "a second `{beginning}`");
    line
}

#[test]
fn it_is_built_with_the_project_s_own_rust() {
    let toolchain = read("rust-toolchain.toml");
    let channel =
        toolchain.lines().find_map(|line| line.strip_prefix("channel = ")).unwrap().trim_matches('"');
    let wanted = format!("FROM docker.io/library/rust:{channel}-slim-bookworm AS build");
    assert_eq!(one("FROM docker.io/library/rust"), wanted);
    // With that file beside the sources, rustup would first fetch the lints and the formatter that it names.
    assert!(read(".dockerignore").lines().any(|line| line == "rust-toolchain.toml"));
}

#[test]
fn it_holds_every_program() {
    let build = one("RUN cargo build");
    assert!(build.contains(&format!("--locked --profile {PROFILE} ")), "{build}");
    let copied: Vec<&str> = build
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("target/")?.strip_prefix(PROFILE)?.strip_prefix('/'))
        .collect();
    let wanted: Vec<&str> = PROGRAMS.into_iter().chain([OPERATOR]).collect();
    assert_eq!(copied, wanted);
    for package in ["ingress", "workers", "ops"] {
        assert!(build.contains(&format!("--package {package} ")), "{package}: {build}");
    }
    let operator = format!("[[bin]]\nname = \"{OPERATOR}\"");
    assert!(read("ops/Cargo.toml").contains(&operator));
}

#[test]
fn it_starts_a_program_that_it_holds_as_nobody_in_particular() {
    assert_eq!(one("CMD"), format!("CMD [\"{}\"]", PROGRAMS[0]));
    assert_eq!(one("COPY --from=build"), "COPY --from=build /out/ /usr/local/bin/");
    assert_eq!(one("USER"), "USER 65532");
}

#[test]
fn both_stages_are_of_one_debian_so_that_their_glibc_is_one() {
    let stages: Vec<String> = instructions().into_iter().filter(|line| line.starts_with("FROM ")).collect();
    assert_eq!(stages.len(), 2);
    assert!(stages[0].contains("-bookworm ") && stages[1].contains("-debian12:"), "{stages:?}");
}
