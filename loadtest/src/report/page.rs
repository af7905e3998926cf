//! The report as one page that needs nothing else: styles inside, plots as SVG, no script.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{Headline, Report, Table, plot};

const STYLE: &str = include_str!("page.css");

pub(super) fn html(report: &Report) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "Keylease: " (report.scenario) }
                style { (PreEscaped(STYLE)) }
            }
            body { main {
                header {
                    p.brand { "Keylease " span { "loadtest" } }
                    h1 { (report.scenario) }
                    p.about { (report.about) }
                    (verdict(report))
                }
                section.headlines { @for headline in &report.headlines { (tile(headline)) } }
                section.plots { @for drawn in &report.plots { (plot::figure(drawn)) } }
                @for table in &report.tables { (rows(table)) }
                footer {
                    dl { @for (name, value) in &report.setting { div { dt { (name) } dd { (value) } } } }
                    p { "Made " time { (report.at) } "." }
                }
            } }
        }
    };
    page.into_string()
}

fn verdict(report: &Report) -> Markup {
    if report.problems.is_empty() {
        return html! { p.verdict.right { "Correct: " (report.correct) } };
    }
    html! { ul.verdict.wrong { @for problem in &report.problems { li { (problem) } } } }
}

fn tile(headline: &Headline) -> Markup {
    html! {
        div.tile {
            p.value { (headline.value) }
            p.name { (headline.name) }
            @if let Some((goal, met)) = &headline.goal {
                p class=(if *met { "goal met" } else { "goal missed" }) { (if *met { "✓" } else { "✗" }) " goal " (goal) }
            }
        }
    }
}

fn rows(table: &Table) -> Markup {
    html! {
        section {
            h2 { (table.title) }
            div.scroll { table {
                thead { tr { @for heading in &table.headings { th scope="col" { (heading) } } } }
                tbody { @for row in &table.rows { tr {
                    @for (index, cell) in row.iter().enumerate() {
                        @if index == 0 { th scope="row" { (cell) } } @else { td { (cell) } }
                    }
                } } }
            } }
        }
    }
}
