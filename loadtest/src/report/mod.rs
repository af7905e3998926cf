//! What a run has shown: as a table to read, and as JSON with every figure for other programs.

pub(crate) mod table;

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use crate::fault::Fault;

/// The outcome of a run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// The scenario's name, which the files are named after.
    pub(crate) scenario: &'static str,
    /// What it shows, in a sentence.
    pub(crate) about: String,
    /// When it was made.
    pub(crate) at: String,
    /// What it was made with.
    pub(crate) setting: Vec<(String, String)>,
    /// Why the run is not correct; empty when it is.
    pub(crate) problems: Vec<String>,
    /// What a correct run has shown.
    pub(crate) correct: &'static str,
    /// The figures to look at first.
    pub(crate) headlines: Vec<Headline>,
    pub(crate) tables: Vec<Table>,
    /// The figures as measured, for other programs.
    pub(crate) figures: Value,
}

/// A figure that stands for the run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Headline {
    /// The figure with its unit.
    pub(crate) value: String,
    pub(crate) name: String,
    /// What it should be, and whether it is.
    pub(crate) goal: Option<(String, bool)>,
}

/// Figures in rows.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Table {
    pub(crate) title: String,
    pub(crate) headings: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

/// Writes the JSON; says where.
pub(crate) fn write(report: &Report, folder: &Path) -> Result<PathBuf, Fault> {
    std::fs::create_dir_all(folder).map_err(Fault::io("no folder for the report"))?;
    let json = serde_json::to_string_pretty(report).map_err(|error| Fault::Stage(error.to_string()))?;
    let path = folder.join(format!("{}.json", report.scenario));
    std::fs::write(&path, json).map_err(Fault::io("the report cannot be written"))?;
    Ok(path)
}

/// The middle one of some figures; of an even number, the mean of the two in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let above = values.get(middle).copied().unwrap_or_default();
    if values.len() % 2 == 1 {
        return above;
    }
    let below = middle.checked_sub(1).and_then(|index| values.get(index)).copied().unwrap_or_default();
    f64::midpoint(below, above)
}

/// A figure with as many digits as say something.
pub(crate) fn figure(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => grouped(value),
        size if size >= 10.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// A whole number with its thousands apart.
fn grouped(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        let rest = digits.len() - index;
        if index > 0 && rest.is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median([]).abs() < f64::EPSILON);
    }

    #[test]
    fn figures_have_three_digits_or_their_thousands_apart() {
        let shown = [43_512.4, 999.6, 12.345, 1.234, 0.021_9].map(figure);
        assert_eq!(shown, ["43,512", "1,000", "12.3", "1.23", "0.022"]);
    }
}
