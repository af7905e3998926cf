//! The catalogue as a file: reads it whole, finds every fault in it, and tells how it differs from the table. Pure.

pub mod diff;
pub mod fault;
mod form;
mod lookalike;
mod meant;
mod node;
mod parse;
mod rules;
pub mod schema;
mod shape;
mod syntax;

use domain::{GrantDuration, Project};

use fault::{Fault, Findings};
use node::{Node, Value};
pub use parse::FILE_MAX_BYTES;

/// What a file of UTF-16 begins with.
const UTF_16_MARKS: [[u8; 2]; 2] = [[0xFF, 0xFE], [0xFE, 0xFF]];
/// The key of the list, where the file is a map around it.
const LIST: &str = "projects";

/// A file that is right, as far as a file can tell.
#[derive(Debug)]
pub struct Catalogue {
    /// The projects, in the file's order.
    pub projects: Vec<Project>,
    /// What may not be meant.
    pub warnings: Vec<Fault>,
}

/// Reads a file, or finds everything that is wrong with it. `shortest` is the shortest grant that the workers make.
pub fn read(bytes: &[u8], shortest: GrantDuration) -> Result<Catalogue, Findings> {
    let mut found = Findings::default();
    let parsed = text_of(bytes).and_then(|text| parse::parse(text, &mut found.warnings));
    let projects = parsed.map(|root| check(&root, shortest, &mut found));
    let projects = projects.unwrap_or_else(|fault| {
        found.faults.push(fault);
        Vec::new()
    });
    let mut found = found.in_order();
    let is_faulty = |line: usize| found.faults.iter().any(|fault| fault.line == line);
    // Where a value is needed, that is said already.
    let told = |warning: &Fault| warning.what.ends_with(lookalike::EMPTY) && is_faulty(warning.line);
    found.warnings = found.warnings.iter().filter(|warning| !told(warning)).cloned().collect();
    if found.faults.is_empty() { Ok(Catalogue { projects, warnings: found.warnings }) } else { Err(found) }
}

fn text_of(bytes: &[u8]) -> Result<&str, Fault> {
    if UTF_16_MARKS.iter().any(|mark| bytes.starts_with(mark)) {
        return Err(Fault::at(1, "the file is UTF-16, as some Windows programs write it; save it as UTF-8"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        Fault::at(line, "this line is not UTF-8 text")
    })
}

/// The projects, as far as they can be read; what is wrong is in `found`.
fn check(root: &Node, shortest: GrantDuration, found: &mut Findings) -> Vec<Project> {
    let nodes: Vec<&Node> = match &root.value {
        Value::List(items) => items.iter().collect(),
        Value::Map(entries) if entries.iter().any(|entry| entry.key == LIST) => {
            shape::check("Catalogue", &without_items(root), "", found);
            root.get(LIST).map(Node::items).unwrap_or_default().iter().collect()
        }
        Value::Map(_) => vec![root],
        other => {
            let what = format!("the file is {}, and should be a project or a list of projects", other.kind());
            found.fault(root.line, "", what);
            Vec::new()
        }
    };
    rules::names(&nodes, found);
    let mut projects = Vec::new();
    for node in nodes {
        shape::check("Project", node, "", found);
        rules::project(node, shortest, found);
        // The workers' own reading has the last word.
        match serde_json::from_value::<Project>(node.to_json()) {
            Ok(project) => projects.push(project),
            Err(error) if found.faults.is_empty() => {
                found.fault(node.line, "", format!("the project cannot be read: {error}"));
            }
            Err(_) => {}
        }
    }
    projects
}

/// The map around the list. The projects are checked one by one, so that their fields' names begin with them.
fn without_items(root: &Node) -> Node {
    let mut shell = root.clone();
    if let Value::Map(entries) = &mut shell.value {
        for entry in entries {
            if let (LIST, Value::List(items)) = (entry.key.as_str(), &mut entry.node.value) {
                items.clear();
            }
        }
    }
    shell
}

#[cfg(test)]
mod tests;
