//! Rules on words that stand for work not done.

use super::finding::Finding;

/// Written in two parts, so that this file does not break its own rule.
const PUT_OFF: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const SKIPPED_TEST: &str = concat!("#[ig", "nore");

const SOURCES: [&str; 12] =
    [".rs", ".toml", ".md", ".sh", ".js", ".mjs", ".ts", ".html", ".css", ".json", ".yml", ".yaml"];

pub(super) fn nothing_is_put_off(path: &str, text: &str) -> Vec<Finding> {
    if !SOURCES.iter().any(|ending| path.ends_with(ending)) && path != ".ci/run" {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for word in PUT_OFF.iter().filter(|word| has_word(line, word)) {
            findings.push(Finding::new(
                index + 1,
                format!("{word}; do it now, or file an issue and delete the line"),
            ));
        }
        if line.contains(SKIPPED_TEST) {
            let what =
                format!("{SKIPPED_TEST}]; a test that does not run proves nothing: mend it or delete it");
            findings.push(Finding::new(index + 1, what));
        }
    }
    findings
}

/// Whether the word stands alone, and not inside a longer one.
fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_is_put_off_is_found() {
        for word in PUT_OFF {
            let found = nothing_is_put_off("a.rs", &format!("fn a() {{}}\n// {word}: later\n"));
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].line, 2);
        }
    }

    #[test]
    fn a_longer_word_is_another_word() {
        let [word, _] = PUT_OFF;
        assert_eq!(nothing_is_put_off("a.md", &format!("METH{word} and {word}S\n")), []);
        assert_eq!(nothing_is_put_off("a.md", &format!("({word})\n")).len(), 1);
    }

    #[test]
    fn a_skipped_test_is_found_with_or_without_its_reason() {
        for text in [format!("{SKIPPED_TEST}]\n"), format!("    {SKIPPED_TEST} = \"slow\"]\n")] {
            assert_eq!(nothing_is_put_off("a.rs", &text).len(), 1);
        }
    }
}
