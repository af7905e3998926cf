//! The report as text, for a terminal.

use comfy_table::{CellAlignment, Table as Cells, presets};

use super::{Report, Table};

/// All of it.
pub(crate) fn text(report: &Report) -> String {
    let mut text = format!("\n{}: {}\n", report.scenario, report.about);
    for headline in &report.headlines {
        let goal = headline.goal.as_ref().map_or_else(String::new, |(goal, met)| {
            format!("  (goal: {goal}: {})", if *met { "met" } else { "not met" })
        });
        text.push_str(&format!("  {}  {}{goal}\n", headline.value, headline.name));
    }
    for table in &report.tables {
        text.push_str(&format!("\n{}\n{}\n", table.title, cells(table)));
    }
    text.push('\n');
    text
}

fn cells(table: &Table) -> String {
    let mut cells = Cells::new();
    cells.load_style(presets::NOTHING).set_header(&table.headings).add_rows(&table.rows);
    for (index, column) in cells.column_iter_mut().enumerate() {
        column.set_padding((2, 0));
        if index > 0 {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines: Vec<String> = cells.lines().map(|line| line.trim_end().to_owned()).collect();
    lines.join("\n")
}
