//! The release is made on GitHub's machines, where nothing of this project runs before a tag is pushed: what its workflow takes
//! from the rest of the project is compared with it here.

use std::fs;
use std::path::Path;

fn workflows() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(".github/workflows");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.map(|path| fs::read_to_string(path).unwrap()).collect()
}

#[test]
fn every_action_of_others_is_pinned_to_a_commit_because_a_tag_can_be_moved() {
    let text = workflows();
    let used = text.lines().filter_map(|line| line.trim_start_matches(['-', ' ']).strip_prefix("uses: "));
    let others: Vec<&str> = used.filter(|action| !action.starts_with("./")).collect();
    assert!(others.len() > 5, "{others:?}");
    for action in others {
        let commit = action.split(['@', ' ']).nth(1).unwrap_or_default();
        let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_commit && action.contains(" # v"), "{action}");
    }
}

#[test]
fn it_packages_both_architectures_as_the_deployment_looks_for_them() {
    let text = workflows();
    for arch in super::zig::Arch::ALL {
        assert!(text.contains(&format!("{{ arch: {}, ", arch.name())), "{}", arch.name());
    }
    assert!(text.contains("cargo xtask package --arch \"$ARCH\""));
    assert!(text.contains("-C target/package \"$ARCH\""));
    assert!(text.contains(".ci/run"), "what is published passed the checks");
}

#[test]
fn the_command_line_is_static_on_linux_and_compiles_on_the_other_two_with_each_change() {
    let text = workflows();
    for arch in super::zig::Arch::ALL {
        assert!(text.contains(&format!("static: {}-unknown-linux-musl", arch.processor())), "{arch}");
    }
    for runner in ["macos-", "windows-"] {
        assert!(text.contains(&format!("runner: {runner}")), "{runner} is released");
    }
    let checked = text.lines().find_map(|line| line.trim().strip_prefix("runner: [")).unwrap_or_default();
    assert!(checked.contains("macos-") && checked.contains("windows-"), "{checked}");
}
