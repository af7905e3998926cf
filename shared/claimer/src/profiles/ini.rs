//! Edits the text of an AWS file. What is not edited stays as it is, byte for byte.

/// A file, as lines with their ends.
#[derive(Debug, Clone)]
pub(crate) struct Ini(Vec<String>);

/// Whether a section's heading, without its brackets, is the one that is meant.
pub(crate) type IsSection<'a> = &'a dyn Fn(&str) -> bool;

impl Ini {
    pub(crate) fn parse(text: &str) -> Self {
        Self(text.split_inclusive('\n').map(str::to_owned).collect())
    }

    pub(crate) fn text(&self) -> String {
        self.0.concat()
    }

    /// The settings of a section, wherever it stands; of two with one name the later one counts.
    pub(crate) fn settings(&self, is_section: IsSection<'_>) -> Vec<(String, String)> {
        let inside = self.inside(is_section);
        let settings = inside.iter().filter_map(|index| setting(self.0.get(*index)?));
        settings.map(|(key, value)| (key, value.to_owned())).collect()
    }

    /// Puts these settings into a section, in place of those that it has of these names and of those to `drop`. A section that
    /// is not there begins at the end of the file, under this heading. Without settings none is begun.
    pub(crate) fn set(
        &mut self,
        heading: &str,
        is_section: IsSection<'_>,
        settings: &[(&str, String)],
        drop: &[&str],
    ) {
        let goes = |key: &str| drop.contains(&key) || settings.iter().any(|(name, _)| *name == key);
        self.remove(is_section, &goes);
        if settings.is_empty() {
            return;
        }
        let end = if self.0.first().is_some_and(|line| line.ends_with("\r\n")) { "\r\n" } else { "\n" };
        let lines = settings.iter().map(|(name, value)| format!("{name} = {value}{end}"));
        let first = self.0.iter().position(|line| section(line).is_some_and(is_section));
        let at = match first {
            Some(at) => at,
            None => {
                self.finish_last_line(end);
                if !self.0.is_empty() {
                    self.0.push(end.to_owned());
                }
                self.0.push(format!("[{heading}]{end}"));
                self.0.len() - 1
            }
        };
        if at + 1 == self.0.len() {
            self.finish_last_line(end);
        }
        let after = self.0.split_off(at + 1);
        self.0.extend(lines.into_iter().chain(after));
    }

    /// Removes settings, with the lines that belong to each.
    fn remove(&mut self, is_section: IsSection<'_>, goes: &dyn Fn(&str) -> bool) {
        let mut going = false;
        let mut gone = Vec::new();
        for index in self.inside(is_section) {
            let Some(line) = self.0.get(index) else { continue };
            if let Some((key, _)) = setting(line) {
                going = goes(&key);
            } else if !is_indented(line) {
                going = false;
            }
            if going {
                gone.push(index);
            }
        }
        for index in gone.into_iter().rev() {
            self.0.remove(index);
        }
    }

    /// The lines inside the sections that are meant, without their headings.
    fn inside(&self, is_section: IsSection<'_>) -> Vec<usize> {
        let mut inside = false;
        let mut found = Vec::new();
        for (index, line) in self.0.iter().enumerate() {
            if let Some(name) = section(line) {
                inside = is_section(name);
            } else if inside {
                found.push(index);
            }
        }
        found
    }

    fn finish_last_line(&mut self, end: &str) {
        if let Some(last) = self.0.last_mut().filter(|line| !line.ends_with('\n')) {
            last.push_str(end);
        }
    }
}

/// What stands in the brackets, where the line is a heading.
fn section(line: &str) -> Option<&str> {
    let inner = line.trim_start_matches('\u{feff}').strip_prefix('[')?;
    inner.split_once(']').map(|(name, _)| name)
}

/// The name, in lower case, and the value, where the line is a setting.
fn setting(line: &str) -> Option<(String, &str)> {
    if is_indented(line) || line.starts_with(['#', ';']) {
        return None;
    }
    let (key, value) = line.split_once(['=', ':'])?;
    Some((key.trim().to_ascii_lowercase(), value.trim()))
}

/// An indented line belongs to the one before it.
fn is_indented(line: &str) -> bool {
    line.starts_with([' ', '\t']) && !line.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, settings: &[(&str, &str)], drop: &[&str]) -> String {
        let mut ini = Ini::parse(text);
        let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        ini.set("x", &|name| name.trim() == "x", &settings, drop);
        ini.text()
    }

    #[test]
    fn a_section_is_added_at_the_end() {
        assert_eq!(set("", &[("a", "1")], &[]), "[x]\na = 1\n");
        assert_eq!(set("[y]\nb=2", &[("a", "1")], &[]), "[y]\nb=2\n\n[x]\na = 1\n");
        assert_eq!(set("[y]\r\nb=2\r\n", &[("a", "1")], &[]), "[y]\r\nb=2\r\n\r\n[x]\r\na = 1\r\n");
    }

    #[test]
    fn everything_else_stays_byte_for_byte() {
        let before = "# mine\r\n; too\n\n[ y ]\n  odd = 1\nb: 2\n[x] # note\n# inside\nregion=eu-west-1\nA = old\ns3 =\n  n = 1\n\n[z]\nc";
        let after = set(before, &[("a", "1")], &[]);
        assert_eq!(after, before.replace("A = old\n", "").replace("note\n", "note\na = 1\r\n"));
        assert_eq!(set(before, &[], &[]), before);
    }

    #[test]
    fn settings_that_go_take_their_lines_with_them() {
        let before =
            "[x]\nkeep = 1\nsso =\n  a = 1\n  b = 2\n# stays\nsso = again\n[x]\nsso = later\nlast = 1";
        assert_eq!(set(before, &[], &["sso"]), "[x]\nkeep = 1\n# stays\n[x]\nlast = 1");
        assert_eq!(set("[x]", &[("a", "1")], &[]), "[x]\na = 1\n");
    }

    #[test]
    fn settings_are_read() {
        let ini = Ini::parse("\u{feff}[x]\nA = 1 = 2\n b = no\n#c = no\n[y]\nd = no\n[x]\ne:3\n");
        let read = ini.settings(&|name| name == "x");
        assert_eq!(read, [("a".to_owned(), "1 = 2".to_owned()), ("e".to_owned(), "3".to_owned())]);
    }
}
