//! A plot as SVG, drawn by hand: axes, lines, names.

use maud::{Markup, html};

use super::{Axis, Line, Plot, Scale, figure as digits};

/// The picture's size and its margins, in SVG units.
const WIDTH: f64 = 560.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 22.0;
const BOTTOM: f64 = 40.0;
/// Colours that the page has for lines.
const COLOURS: usize = 6;
/// Marks that a linear axis has, about.
const MARKS: f64 = 5.0;
/// A line with so few points shows each of them.
const DOTS_MAX: usize = 40;

/// The plot with its title and its legend.
pub(super) fn figure(plot: &Plot) -> Markup {
    let xs = || points(plot).map(|point| point.0);
    let ys = || points(plot).map(|point| point.1);
    let across = Ruler::over(&plot.x, xs, LEFT, WIDTH - RIGHT);
    let up = Ruler::over(&plot.y, ys, HEIGHT - BOTTOM, TOP);
    let foot = HEIGHT - BOTTOM;
    html! {
        figure {
            figcaption { (plot.title) }
            ul.legend { @for (index, line) in plot.lines.iter().enumerate() {
                li style=(colour(index)) { (line.name) }
            } }
            svg viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(plot.title) {
                @for (index, span) in plot.spans.iter().enumerate() {
                    @let (from, to) = (across.at(span.from), across.at(span.to));
                    // Every other one is shaded, so that they tell apart.
                    @if index % 2 == 0 {
                        rect.span x=(at(from)) y=(at(TOP)) width=(at((to - from).max(0.0))) height=(at(foot - TOP)) {}
                    }
                    text.span-name x=(at(f64::midpoint(from, to))) y=(at(TOP - 7.0)) text-anchor="middle" { (span.name) }
                }
                @for (value, name) in up.marks() {
                    line.grid x1=(at(LEFT)) x2=(at(WIDTH - RIGHT)) y1=(at(up.at(value))) y2=(at(up.at(value))) {}
                    text x=(at(LEFT - 7.0)) y=(at(up.at(value) + 4.0)) text-anchor="end" { (name) }
                }
                @for (value, name) in across.marks() {
                    line.grid x1=(at(across.at(value))) x2=(at(across.at(value))) y1=(at(TOP)) y2=(at(foot)) {}
                    text x=(at(across.at(value))) y=(at(foot + 16.0)) text-anchor="middle" { (name) }
                }
                line.axis x1=(at(LEFT)) x2=(at(WIDTH - RIGHT)) y1=(at(foot)) y2=(at(foot)) {}
                text x=(at(WIDTH - RIGHT)) y=(at(HEIGHT - 6.0)) text-anchor="end" { (plot.x.name) }
                text x=(at(LEFT)) y=(at(TOP - 7.0)) text-anchor="start" {
                    @if plot.spans.is_empty() { (plot.y.name) }
                }
                @for (index, line) in plot.lines.iter().enumerate() { (drawn(line, index, &across, &up)) }
            }
        }
    }
}

fn drawn(line: &Line, index: usize, across: &Ruler, up: &Ruler) -> Markup {
    let spots: Vec<(f64, f64)> = line.points.iter().map(|(x, y)| (across.at(*x), up.at(*y))).collect();
    let path: Vec<String> = spots.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    html! {
        polyline.line style=(colour(index)) points=(path.join(" ")) {}
        @if spots.len() <= DOTS_MAX {
            @for (x, y) in spots { circle.dot style=(colour(index)) cx=(at(x)) cy=(at(y)) r="2.5" {} }
        }
    }
}

fn points(plot: &Plot) -> impl Iterator<Item = (f64, f64)> {
    plot.lines.iter().flat_map(|line| line.points.iter().copied())
}

fn colour(index: usize) -> String {
    format!("--ink-of: var(--line-{})", index % COLOURS)
}

fn at(position: f64) -> String {
    format!("{position:.1}")
}

/// Where values lie along an axis.
struct Ruler {
    scale: Scale,
    least: f64,
    most: f64,
    from: f64,
    to: f64,
}

impl Ruler {
    fn over<I: Iterator<Item = f64>>(axis: &Axis, values: impl Fn() -> I, from: f64, to: f64) -> Self {
        let most = values().fold(f64::MIN_POSITIVE, f64::max);
        let least = values().filter(|value| *value > 0.0).fold(most, f64::min);
        let (least, most) = match axis.scale {
            Scale::Linear if most <= f64::MIN_POSITIVE => (0.0, 1.0),
            Scale::Linear => (0.0, most * 1.05),
            Scale::Nines => (0.0, most.max(1.0)),
            // Whole powers of ten around, so that the axis has marks at its ends.
            Scale::Logarithmic => (10_f64.powf(least.log10().floor()), 10_f64.powf(most.log10().ceil())),
        };
        Self { scale: axis.scale, least, most, from, to }
    }

    fn at(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear | Scale::Nines => {
                (value - self.least) / (self.most - self.least).max(f64::MIN_POSITIVE)
            }
            Scale::Logarithmic => {
                let (value, least, most) =
                    (value.max(self.least).log10(), self.least.log10(), self.most.log10());
                (value - least) / (most - least).max(1.0)
            }
        };
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    fn marks(&self) -> Vec<(f64, String)> {
        match self.scale {
            Scale::Linear => {
                let step = round_step(self.most / MARKS);
                let count = (self.most / step) as u32;
                (0..=count).map(|index| f64::from(index) * step).map(|value| (value, name(value))).collect()
            }
            Scale::Logarithmic => {
                let (first, last) = (self.least.log10().round() as i32, self.most.log10().round() as i32);
                let tens = (first..=last).flat_map(|power| [1.0, 2.0, 5.0].map(|of| of * 10_f64.powi(power)));
                let few = last - first <= 2;
                tens.filter(|value| *value <= self.most * 1.001)
                    .filter(|value| few || value.log10().fract().abs() < 1e-9)
                    .map(|value| (value, name(value)))
                    .collect()
            }
            Scale::Nines => {
                let names = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %"];
                let marks = names.iter().enumerate().map(|(nines, name)| (nines as f64, (*name).to_owned()));
                marks.filter(|(nines, _)| *nines <= self.most + 0.01).collect()
            }
        }
    }
}

/// A step of 1, 2 or 5 times a power of ten.
fn round_step(about: f64) -> f64 {
    let power = 10_f64.powf(about.max(f64::MIN_POSITIVE).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|of| of * power).into_iter().find(|step| *step >= about).unwrap_or(power * 10.0)
}

fn name(value: f64) -> String {
    if value >= 100.0 { digits(value) } else { format!("{value}").chars().take(5).collect() }
}
