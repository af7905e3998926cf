//! The heading of a breakage: what it breaks, and what catches it.

/// What stands above a diff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Heading {
    /// What is broken, in a sentence.
    pub(super) sentence: String,
    /// The number of the invariant that catches it.
    pub(super) invariant: String,
    /// The history in which it is caught, as arguments of `cargo xtask simulate`.
    pub(super) replay: String,
}

impl Heading {
    /// Its row in the table of `docs/simulation.md`.
    pub(super) fn row(&self, name: &str) -> String {
        format!("| `{name}` | {} | {} | `{}` |", self.sentence, self.invariant, self.replay)
    }
}

/// Reads the heading of a diff.
pub(super) fn read(text: &str) -> Result<Heading, String> {
    let field = |name: &str| {
        let line =
            text.lines().take_while(|line| !line.starts_with("diff ")).find_map(|l| l.strip_prefix(name));
        line.map(|value| value.trim().to_owned()).ok_or_else(|| format!("the heading has no line `{name}`"))
    };
    let sentence = text.lines().next().unwrap_or_default().trim().to_owned();
    Ok(Heading { sentence, invariant: field("Invariant:")?, replay: field("Replay:")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_read_and_one_that_lacks_something_says_what() {
        let text = "The key comes first.\n\nInvariant: 2\nReplay: --seed 7\n\ndiff --git a/x b/x\n";
        let heading = read(text).unwrap();
        assert_eq!(heading.row("key-first"), "| `key-first` | The key comes first. | 2 | `--seed 7` |");
        let why = read("A sentence.\nInvariant: 2\n\ndiff --git a/x b/x\nReplay: --seed 7\n").unwrap_err();
        assert_eq!(why, "the heading has no line `Replay:`");
    }
}
