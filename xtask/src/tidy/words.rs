//! Rules on words: those that stand for work not done, and those that code no longer uses.

use super::finding::{Finding, is_rust};

/// Written in two parts, so that this file does not break its own rule.
const PUT_OFF: [&str; 2] = [concat!("TO", "DO"), concat!("FIX", "ME")];
const SKIPPED_TEST: &str = concat!("#[ig", "nore");

/// Names that were replaced by the field's own, each with what is said now. They must not come back.
const REPLACED: [(&str, &str); 21] = [
    ("Outgoing", "JobSender"),
    ("Inbox", "JobConsumer"),
    ("Express", "FastSender"),
    ("EndsAs", "EndReason"),
    ("may_end", "can_end"),
    ("Outlook", "ReplayPreview"),
    ("Maker", "ProvisionDeps"),
    ("UserSeen", "UserInfo"),
    ("keys_seen", "list_keys"),
    ("hopeless", "a permanent error"),
    ("is_passing", "is_retryable"),
    ("Postpone", "Defer"),
    ("send_again", "requeue"),
    ("give_up", "roll_back"),
    ("after_a_failure", "delete_orphan_key"),
    ("take_back_mail", "send_key_superseded_email"),
    ("void_email", "key_superseded_email"),
    ("catch_up", "sync_messages"),
    ("bring_up_to_date", "sync_messages"),
    ("tell_requester", "sync_messages"),
    ("REDRAWS_MAX", "RENDER_ATTEMPTS_MAX"),
];
/// The list above, which has to name them.
const THIS_FILE: &str = "xtask/src/tidy/words.rs";

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
                format!("{SKIPPED_TEST}]; a test that does not run proves nothing: repair it or delete it");
            findings.push(Finding::new(index + 1, what));
        }
    }
    findings
}

/// Code and its comments use the common term, so that nobody has to learn a private language.
pub(super) fn replaced_words_stay_away(path: &str, text: &str) -> Vec<Finding> {
    if !is_rust(path) || path == THIS_FILE {
        return Vec::new();
    }
    let lines = text.lines().enumerate();
    let found = lines.flat_map(|(index, line)| {
        REPLACED.iter().filter(move |(word, _)| has_name(line, word)).map(move |(word, now)| {
            Finding::new(index + 1, format!("`{word}` is not used any more; say `{now}`"))
        })
    });
    found.collect()
}

/// Whether the name stands alone, and is no part of a longer identifier.
fn has_name(line: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line.get(start + name.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
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
    fn a_name_that_was_replaced_is_found_with_what_is_said_now() {
        for (word, now) in REPLACED {
            let found = replaced_words_stay_away("a.rs", &format!("fn a() {{}}\n/// Uses {word}.\n"));
            assert_eq!(found, [Finding::new(2, format!("`{word}` is not used any more; say `{now}`"))]);
        }
        assert_eq!(
            replaced_words_stay_away("a.rs", "let expression = Expression; let give_up_after = 1;\n"),
            []
        );
        assert_eq!(replaced_words_stay_away("a.md", "Express\n"), []);
    }

    #[test]
    fn a_skipped_test_is_found_with_or_without_its_reason() {
        for text in [format!("{SKIPPED_TEST}]\n"), format!("    {SKIPPED_TEST} = \"slow\"]\n")] {
            assert_eq!(nothing_is_put_off("a.rs", &text).len(), 1);
        }
    }
}
