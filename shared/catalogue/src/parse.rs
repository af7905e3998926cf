//! Reads YAML, and JSON, which is YAML. Every value keeps its line, a key may stand twice, and everything is bounded.
//!
//! The parser's events are taken one by one: its own loader recurses as deep as a file says, and stops at the first
//! key that stands twice.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr::{Scalar, ScalarStyle, Tag};
use saphyr_parser::{Event, Parser, ScanError};

use super::fault::{Fault, quoted};
use super::lookalike;
use super::node::{Entry, Node, Value};
use super::syntax;

/// Largest file, in bytes.
pub const FILE_MAX_BYTES: usize = 1_048_576;
/// Most values in a file, aliases written out.
const VALUES_MAX: usize = 100_000;
/// Deepest nesting, in levels. A catalogue with a policy has about ten.
const DEPTH_MAX: usize = 64;

/// The one document of a text, or its first syntax fault: what comes after one cannot be told.
///
/// What other readers of YAML would read otherwise is added to `warnings`.
pub(crate) fn parse(text: &str, warnings: &mut Vec<Fault>) -> Result<Node, Fault> {
    if text.len() > FILE_MAX_BYTES {
        let what = format!("the file is larger than {} KiB; split it up", FILE_MAX_BYTES / 1_024);
        return Err(Fault::at(1, what));
    }
    let mut tree = Tree::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| not_yaml(&error, text))?;
        tree.take(event, span.start.line().max(1))?;
    }
    warnings.append(&mut tree.warnings);
    tree.root.ok_or_else(|| Fault::at(1, "the file is empty"))
}

#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    root: Option<Node>,
    documents: usize,
    values: usize,
    warnings: Vec<Fault>,
}

/// A list or a map that is not at its end yet.
struct Open {
    anchor: usize,
    node: Node,
    /// A map's key whose value comes next.
    key: Option<(String, usize)>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, line: usize) -> Result<(), Fault> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Fault::at(line, "a second document begins; put all projects into one list"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.scalar(text, style, anchor, tag.as_ref(), line)?;
            }
            Event::Alias(anchor) => self.alias(anchor, line)?,
            Event::SequenceStart(anchor, tag) => {
                self.begin(Value::List(Vec::new()), anchor, tag.as_ref(), line)?;
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(Value::Map(Vec::new()), anchor, tag.as_ref(), line)?;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(Open { anchor, node, .. }) = self.open.pop() {
                    self.place(node, anchor)?;
                }
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        anchor: usize,
        tag: Option<&Cow<'_, Tag>>,
        line: usize,
    ) -> Result<(), Fault> {
        known(tag, line)?;
        self.warnings.extend(lookalike::variable(&text).map(|what| Fault::at(line, what)));
        if style == ScalarStyle::Plain && tag.is_none() {
            let warning = lookalike::warning(&text, self.wants_key());
            self.warnings.extend(warning.map(|what| Fault::at(line, what)));
            let key = self.open.last().and_then(|open| open.key.as_ref()).filter(|_| text.is_empty());
            self.warnings.extend(key.map(|(key, line)| lookalike::empty(key, *line)));
        }
        if self.wants_key() {
            // `2024: …` names a role as well as `"2024": …` does.
            return self.place(Node { line, value: Value::Text(text.into_owned()) }, anchor);
        }
        let shown = quoted(&text);
        let value = match Scalar::parse_from_cow_and_metadata(text, style, tag) {
            Some(Scalar::Null) => Value::Null,
            Some(Scalar::Boolean(bool)) => Value::Bool(bool),
            Some(Scalar::Integer(number)) => Value::Integer(number),
            Some(Scalar::FloatingPoint(number)) => Value::Float(number.into_inner()),
            Some(Scalar::String(text)) => Value::Text(text.into_owned()),
            None => {
                return Err(Fault::at(line, format!("{shown} is not what its tag says; leave the tag out")));
            }
        };
        self.place(Node { line, value }, anchor)
    }

    fn alias(&mut self, anchor: usize, line: usize) -> Result<(), Fault> {
        let found = self.anchors.get(&anchor);
        let found =
            found.ok_or_else(|| Fault::at(line, "an alias stands within the value that it stands for"))?;
        self.values = self.values.saturating_add(found.count());
        if self.values > VALUES_MAX {
            return Err(too_many(line));
        }
        if self.open.len() + found.depth() > DEPTH_MAX + 1 {
            return Err(too_deep(line));
        }
        let node = Node { line, value: found.value.clone() };
        self.place(node, 0)
    }

    fn begin(
        &mut self,
        value: Value,
        anchor: usize,
        tag: Option<&Cow<'_, Tag>>,
        line: usize,
    ) -> Result<(), Fault> {
        known(tag, line)?;
        if self.wants_key() {
            return Err(no_key(line));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(too_deep(line));
        }
        self.open.push(Open { anchor, node: Node { line, value }, key: None });
        Ok(())
    }

    fn wants_key(&self) -> bool {
        self.open.last().is_some_and(|open| matches!(open.node.value, Value::Map(_)) && open.key.is_none())
    }

    /// Puts a whole value where it belongs.
    fn place(&mut self, mut node: Node, anchor: usize) -> Result<(), Fault> {
        self.values = self.values.saturating_add(1);
        if anchor > 0 {
            // What an alias may stand for is kept a second time.
            self.values = self.values.saturating_add(node.count());
        }
        if self.values > VALUES_MAX {
            return Err(too_many(node.line));
        }
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut open.node.value, open.key.take()) {
            (Value::Map(entries), Some((key, line))) => {
                node.line = line;
                entries.push(Entry { key, line, node });
            }
            (Value::Map(_), None) => match node.value {
                Value::Text(key) => open.key = Some((key, node.line)),
                _ => return Err(no_key(node.line)),
            },
            (Value::List(items), _) => items.push(node),
            _ => {}
        }
        Ok(())
    }
}

fn known(tag: Option<&Cow<'_, Tag>>, line: usize) -> Result<(), Fault> {
    match tag.filter(|tag| !tag.is_yaml_core_schema()) {
        Some(tag) => Err(Fault::at(
            line,
            format!("the tag {} means nothing here; leave it out", quoted(&tag.to_string())),
        )),
        None => Ok(()),
    }
}

fn no_key(line: usize) -> Fault {
    Fault::at(line, "a key must be a text")
}

fn too_many(line: usize) -> Fault {
    Fault::at(
        line,
        format!("the file has more than {VALUES_MAX} values, with aliases written out; split it up"),
    )
}

fn too_deep(line: usize) -> Fault {
    Fault::at(line, format!("this is nested deeper than {DEPTH_MAX} levels"))
}

fn not_yaml(error: &ScanError, text: &str) -> Fault {
    let (at, what) = syntax::explained(error.marker().line().max(1), error.info(), text);
    Fault::at(at, what)
}
