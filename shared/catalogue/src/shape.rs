//! Checks a value against the schema: fields, types, texts, how many. Every fault is found, not only the first.

use std::collections::{BTreeMap, BTreeSet};

use domain::names::closest;
use serde_json::{Map, Value as Json};

use super::fault::{Findings, quoted, within};
use super::form::Form;
use super::node::{Entry, Node, Value};
use super::schema::{number, of_def, reference, texts};

/// The field that says which of several forms a map has.
const TAG: &str = "kind";

/// Checks a value against a type of the schema.
pub(super) fn check(def: &str, node: &Node, field: &str, found: &mut Findings) {
    if let Some(form) = Form::of_def(def) {
        text(form, node, field, found);
    } else if let Some(schema) = of_def(def) {
        value(schema, node, field, found);
    }
}

fn value(schema: &Json, node: &Node, field: &str, found: &mut Findings) {
    if let Some(def) = reference(schema) {
        return check(def, node, field, found);
    }
    if let Some(one) = schema.get("oneOf").and_then(Json::as_array) {
        return tagged(one, node, field, found);
    }
    if let Some(any) = schema.get("anyOf").and_then(Json::as_array) {
        // An optional field: its type, or nothing.
        let optional = any.iter().find(|option| !texts(option, "type").any(|name| name == "null"));
        if let (Some(schema), false) = (optional, node.value == Value::Null) {
            value(schema, node, field, found);
        }
        return;
    }
    if !texts(schema, "type").any(|name| is(name, &node.value)) {
        let wanted: Vec<&str> = texts(schema, "type").filter(|name| *name != "null").collect();
        let (is, instead) = instead(&wanted, &node.value);
        let wanted = wanted.into_iter().map(in_words).collect::<Vec<_>>().join(" or ");
        return found.fault(node.line, field, format!("is {is}, and should be {wanted}{instead}"));
    }
    match &node.value {
        Value::Map(entries) => map(schema, entries, node.line, field, found),
        Value::List(items) => list(schema, items, node.line, field, found),
        Value::Integer(given) => {
            let smallest = schema.get("minimum").and_then(Json::as_i64);
            if let Some(smallest) = smallest.filter(|smallest| given < smallest) {
                found.fault(node.line, field, format!("{given} is too few: {smallest} at least"));
            }
            let largest = schema.get("maximum").and_then(Json::as_i64);
            if let Some(largest) = largest.filter(|largest| given > largest) {
                found.fault(node.line, field, format!("{given} is too many: {largest} at most"));
            }
        }
        Value::Text(given) => {
            let known: Vec<&str> = texts(schema, "enum").collect();
            if !known.is_empty() && !known.contains(&given.as_str()) {
                let what = format!("is {}, and should be `{}`", quoted(given), known.join("` or `"));
                found.fault(node.line, field, what);
            }
        }
        Value::Null | Value::Bool(_) | Value::Float(_) => {}
    }
}

/// What is there instead of a value of one of these types, and how to write it, where that is clear.
fn instead(wanted: &[&str], value: &Value) -> (String, String) {
    let Value::Text(text) = value else { return (value.kind().to_owned(), String::new()) };
    let wants = |name: &str| wanted.contains(&name);
    if wants("array") {
        let items: Vec<&str> = text.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
        return ("a text".to_owned(), format!(": {}", quoted(&format!("[{}]", items.join(", ")))));
    }
    if !wants("boolean") && !wants("integer") {
        return ("a text".to_owned(), String::new());
    }
    let bare = text.trim().to_ascii_lowercase();
    let right = match bare.as_str() {
        "true" | "yes" | "on" | "y" if wants("boolean") => "; write true",
        "false" | "no" | "off" | "n" if wants("boolean") => "; write false",
        _ if wants("integer") && bare.parse::<u32>().is_ok() => "; leave the quotes out",
        _ => "",
    };
    (format!("the text {}", quoted(text)), right.to_owned())
}

fn text(form: &Form, node: &Node, field: &str, found: &mut Findings) {
    let (is, right) = match &node.value {
        Value::Text(text) => {
            return form.check(text).unwrap_or_else(|why| found.fault(node.line, field, why));
        }
        Value::Integer(number) => {
            let digits = number.to_string();
            let quotes = form.check(&digits).is_ok().then(|| format!("put it in quotes: \"{digits}\""));
            (format!("the number {digits}"), quotes)
        }
        other => (other.kind().to_owned(), None),
    };
    let right = right.as_deref().unwrap_or(form.right);
    found.fault(node.line, field, format!("is {is}, and should be {}: {right}", form.what));
}

fn map(schema: &Json, entries: &[Entry], line: usize, field: &str, found: &mut Findings) {
    let mut first = BTreeMap::new();
    let fields = schema.get("properties").and_then(Json::as_object);
    let others = schema.get("additionalProperties").filter(|others| others.is_object());
    let closed = schema.get("additionalProperties") == Some(&Json::Bool(false));
    let names = schema.get("propertyNames").and_then(reference).and_then(Form::of_def);
    for Entry { key, line, node } in entries {
        let field = within(field, key);
        if let Some(before) = first.get(key) {
            found.fault(*line, &field, format!("stands here twice, first on line {before}"));
        } else {
            first.insert(key, *line);
        }
        if let Some(schema) = fields.and_then(|fields| fields.get(key)) {
            value(schema, node, &field, found);
        } else if let Some(schema) = others {
            if let Some(Err(why)) = names.map(|form| form.check(key)) {
                found.fault(*line, &field, why);
            }
            value(schema, node, &field, found);
        } else if closed {
            found.fault(*line, &field, unknown(key, fields));
        }
    }
    for name in texts(schema, "required").filter(|name| !first.contains_key(&(*name).to_owned())) {
        // What it should be, where the schema has a form for it.
        let form = fields.and_then(|all| all.get(name)).and_then(reference).and_then(Form::of_def);
        let help = form.map(|form| format!(": {}, such as {}", form.what, form.example()));
        found.fault(line, &within(field, name), format!("is missing{}", help.unwrap_or_default()));
    }
    if number(schema, "minProperties").is_some_and(|least| entries.len() < least) {
        found.fault(line, field, "is empty: at least one is needed");
    }
}

fn list(schema: &Json, items: &[Node], line: usize, field: &str, found: &mut Findings) {
    if let Some(schema) = schema.get("items") {
        for item in items {
            value(schema, item, field, found);
        }
    }
    if let Some(most) = number(schema, "maxItems").filter(|most| items.len() > *most) {
        found.fault(line, field, format!("has {}, and {most} is the most", items.len()));
    }
    if schema.get("uniqueItems") == Some(&Json::Bool(true)) {
        let mut first = BTreeMap::new();
        for (text, line) in items.iter().filter_map(|item| Some((item.text()?, item.line))) {
            if let Some(first) = first.get(text) {
                let what = format!("{} is listed twice, first on line {first}", quoted(text));
                found.fault(line, field, what);
            } else {
                first.insert(text, line);
            }
        }
    }
}

/// A map whose field [`TAG`] says which of these it is.
fn tagged(forms: &[Json], node: &Node, field: &str, found: &mut Findings) {
    let Value::Map(entries) = &node.value else {
        return found.fault(node.line, field, format!("is {}, and should be a map", node.value.kind()));
    };
    let tag = entries.iter().find(|entry| entry.key == TAG);
    let said = tag.and_then(|tag| tag.node.text());
    let Some(form) = forms.iter().find(|form| said.is_some() && tag_of(form) == said) else {
        let tags = forms.iter().filter_map(tag_of).collect::<Vec<_>>().join("` or `");
        let what =
            match tag.map(|tag| tag.node.text().map_or_else(|| tag.node.value.kind().to_owned(), quoted)) {
                None => format!("is missing: `{tags}`"),
                Some(said) => format!("is {said}, and should be `{tags}`"),
            };
        found.fault(tag.map_or(node.line, |tag| tag.line), &within(field, TAG), what);
        // Of which form it should be is not known: each field is checked as any of them has it.
        let others: Vec<Entry> = entries.iter().filter(|entry| entry.key != TAG).cloned().collect();
        return map(&any_of(forms), &others, node.line, field, found);
    };
    let has = |form: &Json, key: &str| form.get("properties").is_some_and(|all| all.get(key).is_some());
    let is_foreign = |entry: &Entry| !has(form, &entry.key) && forms.iter().any(|form| has(form, &entry.key));
    let (foreign, own): (Vec<Entry>, Vec<Entry>) = entries.iter().cloned().partition(is_foreign);
    for Entry { key, line, .. } in &foreign {
        let others: Vec<&str> = forms.iter().filter(|form| has(form, key)).filter_map(tag_of).collect();
        let (others, said) = (others.join("` or `"), said.unwrap_or_default());
        let what = format!("is for roles of kind `{others}`, and this one is of kind `{said}`");
        found.fault(*line, &within(field, key), what);
    }
    map(form, &own, node.line, field, found);
}

/// A map that may have any field of any of these.
fn any_of(forms: &[Json]) -> Json {
    let all = forms.iter().filter_map(|form| form.get("properties")?.as_object());
    let fields: Map<String, Json> =
        all.flatten().map(|(name, schema)| (name.clone(), schema.clone())).collect();
    serde_json::json!({ "properties": fields, "additionalProperties": false })
}

fn tag_of(form: &Json) -> Option<&str> {
    form.get("properties")?.get(TAG)?.get("const")?.as_str()
}

fn unknown(key: &str, known: Option<&Map<String, Json>>) -> String {
    if key == "<<" {
        return "keys are not merged in YAML 1.2; write the fields out, or use an alias for a whole value"
            .to_owned();
    }
    let known: BTreeSet<&str> = known.into_iter().flat_map(Map::keys).map(String::as_str).collect();
    let meant = closest(known.iter().copied(), key).first().map(|meant| format!("did you mean `{meant}`? "));
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    match meant {
        Some(meant) => format!("is no field here; {meant}These are: {known}"),
        None => format!("is no field here; these are: {known}"),
    }
}

fn is(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => name == "null",
        Value::Bool(_) => name == "boolean",
        Value::Integer(_) => name == "integer",
        Value::Float(_) => false,
        Value::Text(_) => name == "string",
        Value::List(_) => name == "array",
        Value::Map(_) => name == "object",
    }
}

fn in_words(name: &str) -> &str {
    match name {
        "boolean" => "true or false",
        "integer" => "a whole number",
        "string" => "a text",
        "array" => "a list",
        "object" => "a map",
        other => other,
    }
}
