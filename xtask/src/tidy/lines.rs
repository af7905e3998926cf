//! Rules on how files begin and how long they are.

use std::path::Path;

use super::finding::{Finding, is_rust};

const MOST_LINES: usize = 400;
const MOST_LINES_OF_A_WORKER_BINARY: usize = 29;

/// Written by tools, read by tools.
const LOCK_FILES: [&str; 2] = ["Cargo.lock", "package-lock.json"];

pub(super) fn says_its_purpose(path: &str, text: &str) -> Vec<Finding> {
    let begins = match Path::new(path).extension().and_then(|ending| ending.to_str()) {
        Some("rs") => "//!",
        Some("ts") => "/**",
        Some("py") => "\"\"\"",
        _ => return Vec::new(),
    };
    if text.starts_with(begins) {
        return Vec::new();
    }
    vec![Finding::new(1, format!("no purpose; begin the file with `{begins}` and what it is for"))]
}

pub(super) fn is_small(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    let name = path.rsplit('/').next().unwrap_or(path);
    if LOCK_FILES.contains(&name) || lines <= MOST_LINES {
        return Vec::new();
    }
    vec![Finding::new(MOST_LINES + 1, format!("{lines} lines, the most is {MOST_LINES}; split the file"))]
}

/// An example in documentation would not be run by the checks.
pub(super) fn has_no_example(path: &str, text: &str) -> Vec<Finding> {
    if !is_rust(path) {
        return Vec::new();
    }
    let begins = |line: &str| ["/// ```", "//! ```"].iter().any(|begin| line.trim_start().starts_with(begin));
    let lines = text.lines().enumerate().filter(|(_, line)| begins(line));
    let what = "an example in documentation, which no check runs; make it a test";
    lines.map(|(index, _)| Finding::new(index + 1, what)).collect()
}

pub(super) fn worker_binary_is_thin(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    let is_binary = path.starts_with("workers/src/bin/") && is_rust(path);
    if !is_binary || lines <= MOST_LINES_OF_A_WORKER_BINARY {
        return Vec::new();
    }
    let what = format!(
        "{lines} lines, the most for a worker's binary is {MOST_LINES_OF_A_WORKER_BINARY}; move code to the library"
    );
    vec![Finding::new(MOST_LINES_OF_A_WORKER_BINARY + 1, what)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(lines: usize) -> String {
        "line\n".repeat(lines)
    }

    #[test]
    fn a_source_file_begins_with_its_purpose() {
        assert_eq!(says_its_purpose("a.rs", "//! Why.\n"), []);
        assert_eq!(says_its_purpose("a.md", "# Why\n"), []);
        assert_eq!(says_its_purpose("a.ts", "/** Why. */\n"), []);
        assert_eq!(says_its_purpose("a.ts", "import a;\n").len(), 1);
        assert_eq!(says_its_purpose("a.py", "\"\"\"Why.\"\"\"\n"), []);
        assert_eq!(says_its_purpose("a.py", "import a\n").len(), 1);
        for text in ["", "// Why.\n", "\n//! Why.\n", "use std::fs;\n"] {
            assert_eq!(says_its_purpose("a.rs", text).len(), 1, "{text:?}");
        }
    }

    #[test]
    fn an_example_that_would_not_be_run_is_found() {
        let found = has_no_example("a.rs", "//! Why.\n    /// ```\n    /// one()\n");
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2]);
        assert_eq!(has_no_example("a.md", "/// ```\n"), []);
        assert_eq!(has_no_example("a.rs", "//! Why, in `code`.\n"), []);
    }

    #[test]
    fn the_longest_file_has_the_most_lines() {
        assert_eq!(is_small("a.css", &long(MOST_LINES)), []);
        let found = is_small("a.css", &long(MOST_LINES + 1));
        assert_eq!(found, [Finding::new(401, "401 lines, the most is 400; split the file")]);
    }

    #[test]
    fn lock_files_may_be_long() {
        assert_eq!(is_small("Cargo.lock", &long(5000)), []);
        assert_eq!(is_small("sandbox/browser/package-lock.json", &long(5000)), []);
        assert_eq!(is_small("sandbox/blockage-lock.json", &long(5000)).len(), 1);
    }

    #[test]
    fn a_worker_binary_has_under_thirty_lines() {
        assert_eq!(worker_binary_is_thin("workers/src/bin/notify.rs", &long(29)), []);
        assert_eq!(worker_binary_is_thin("workers/src/bin/notify.rs", &long(30)).len(), 1);
        assert_eq!(worker_binary_is_thin("workers/src/consumer/mod.rs", &long(30)), []);
    }
}
