//! What breaks YAML, in words that say what to do about it: the parser says what it met.

/// What begins the lines that Git leaves in a file that could not be merged.
const CONFLICT_MARKS: [&str; 3] = ["<<<<<<< ", ">>>>>>> ", "||||||| "];

/// The line of a syntax error, and what is wrong there. The parser found `info` at the line `at` of `text`.
pub(super) fn explained(at: usize, info: &str, text: &str) -> (usize, String) {
    let lines = || text.lines().enumerate().map(|(place, line)| (place + 1, line));
    let is_mark = |line: &str| CONFLICT_MARKS.iter().any(|mark| line.starts_with(mark));
    if let Some((mark, _)) = lines().find(|(_, line)| is_mark(line)) {
        return (mark, "this line is of a merge that Git left to you; resolve it first".to_owned());
    }
    // A tab is told of at the start of the text that it breaks off, perhaps a line before.
    let indented = lines().skip(at - 1).find(|(_, line)| is_tab_indented(line));
    if let Some((place, _)) = indented.filter(|(place, _)| *place == at || info.contains("tab")) {
        let what = format!("neither YAML nor JSON: {info}; this line is indented with a tab, so use spaces");
        return (place, what);
    }
    let line = lines().nth(at - 1).map_or("", |(_, line)| line);
    let remedy = remedy(info, line).map(|remedy| format!("; {remedy}")).unwrap_or_default();
    (at, format!("neither YAML nor JSON: {info}{remedy}"))
}

/// What to do, where that is known.
fn remedy(info: &str, line: &str) -> Option<&'static str> {
    if info.contains("anchor or alias") {
        Some("put a text that begins with * or & in quotes")
    } else if info.contains("unexpected character") {
        Some("put a text that begins with this character in quotes")
    } else if info.contains("escape character") {
        Some("between \" and \" a backslash begins an escape, and between ' and ' it is itself")
    } else if info.contains("mapping values are not allowed") {
        Some(
            "a colon needs a space after it, a text with a colon and a space in it needs quotes, and all fields of a map \
             are indented alike: look at the line before too",
        )
    } else {
        line.contains('\t').then_some("this line has a tab, so use spaces")
    }
}

fn is_tab_indented(line: &str) -> bool {
    line.chars().take_while(|c| c.is_whitespace()).any(|c| c == '\t')
}
