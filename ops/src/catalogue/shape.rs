//! Checks a value against the schema: fields, types, texts, how many. Every fault is found, not only the first.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::fault::{Findings, quoted, within};
use super::form::{FORMS, Form};
use super::node::{Entry, Node, Value};
use super::schema::{of_def, reference};

/// The field that says which of several forms a map has.
const TAG: &str = "kind";

/// Checks a value against a type of the schema.
pub(super) fn check(def: &str, node: &Node, field: &str, found: &mut Findings) {
    if let Some(form) = Form::of_def(def) {
        return text(form, node, field, found);
    }
    if let Some(schema) = of_def(def) {
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
        let optional = any.iter().find(|option| !types(option).any(|name| name == "null"));
        if let (Some(schema), false) = (optional, node.value == Value::Null) {
            value(schema, node, field, found);
        }
        return;
    }
    if !types(schema).any(|name| is(name, &node.value)) {
        return wrong_type(schema, node, field, found);
    }
    match &node.value {
        Value::Map(entries) => map(schema, entries, node.line, field, found),
        Value::List(items) => list(schema, items, node.line, field, found),
        Value::Integer(number) => {
            let smallest = schema.get("minimum").and_then(Json::as_i64);
            if let Some(smallest) = smallest.filter(|smallest| number < smallest) {
                found.fault(node.line, field, format!("{number} is too few: {smallest} at least"));
            }
        }
        _ => {}
    }
}

fn text(form: &Form, node: &Node, field: &str, found: &mut Findings) {
    let wanted = form.what;
    match &node.value {
        Value::Text(text) => {
            if let Err(why) = form.check(text) {
                found.fault(node.line, field, why);
            }
        }
        Value::Integer(number) => {
            let digits = number.to_string();
            let in_quotes = format!("put it in quotes: \"{digits}\"");
            let right = if form.check(&digits).is_ok() { &in_quotes } else { form.right };
            found.fault(node.line, field, format!("is the number {digits}, and should be {wanted}: {right}"));
        }
        Value::Null => {
            found.fault(node.line, field, format!("is empty, and should be {wanted}: {}", form.right));
        }
        other => found.fault(
            node.line,
            field,
            format!("is {}, and should be {wanted}: {}", other.kind(), form.right),
        ),
    }
}

fn map(schema: &Json, entries: &[Entry], line: usize, field: &str, found: &mut Findings) {
    stands_twice(entries, field, found);
    let fields = schema.get("properties").and_then(Json::as_object);
    let keyed =
        schema.get("patternProperties").and_then(Json::as_object).and_then(|patterns| patterns.iter().next());
    let closed = schema.get("additionalProperties") == Some(&Json::Bool(false));
    for Entry { key, line, node } in entries {
        let field = within(field, key);
        if let Some(schema) = fields.and_then(|fields| fields.get(key)) {
            value(schema, node, &field, found);
        } else if let Some((pattern, schema)) = keyed {
            if let Some(Err(why)) =
                FORMS.iter().find(|form| form.pattern == pattern).map(|form| form.check(key))
            {
                found.fault(*line, &field, why);
            }
            value(schema, node, &field, found);
        } else if closed {
            found.fault(*line, &field, unknown(key, fields.into_iter().flat_map(|fields| fields.keys())));
        }
    }
    for name in schema.get("required").and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
    {
        if !entries.iter().any(|entry| entry.key == name) {
            found.fault(
                line,
                &within(field, name),
                format!("is missing{}", help(fields.and_then(|all| all.get(name)))),
            );
        }
    }
    if schema.get("minProperties").and_then(Json::as_u64).is_some_and(|least| (entries.len() as u64) < least)
    {
        found.fault(line, field, "is empty: at least one is needed");
    }
}

fn list(schema: &Json, items: &[Node], line: usize, field: &str, found: &mut Findings) {
    if let Some(schema) = schema.get("items") {
        for item in items {
            value(schema, item, field, found);
        }
    }
    let most = schema.get("maxItems").and_then(Json::as_u64).and_then(|most| usize::try_from(most).ok());
    if let Some(most) = most.filter(|most| items.len() > *most) {
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
    let tags: Vec<&str> = forms.iter().filter_map(tag_of).collect();
    let tag = entries.iter().find(|entry| entry.key == TAG);
    let said = tag.and_then(|tag| tag.node.text());
    let Some(form) = forms.iter().find(|form| tag_of(form) == said && said.is_some()) else {
        let tags = tags.join("` or `");
        match tag {
            None => found.fault(node.line, &within(field, TAG), format!("is missing: `{tags}`")),
            Some(tag) => {
                let said = tag.node.text().map_or_else(|| tag.node.value.kind().to_owned(), quoted);
                found.fault(tag.line, &within(field, TAG), format!("is {said}, and should be `{tags}`"));
            }
        }
        return each_known_field(forms, entries, field, found);
    };
    let mine = form.get("properties").and_then(Json::as_object);
    let (own, foreign): (Vec<Entry>, Vec<Entry>) = entries.iter().cloned().partition(|entry| {
        mine.is_some_and(|mine| mine.contains_key(&entry.key)) || property(forms, &entry.key).is_none()
    });
    for Entry { key, line, .. } in &foreign {
        let others: Vec<&str> = forms
            .iter()
            .filter(|f| property(std::slice::from_ref(f), key).is_some())
            .filter_map(tag_of)
            .collect();
        let what = format!(
            "is for roles of kind `{}`, and this one is of kind `{}`",
            others.join("` or `"),
            said.unwrap_or_default()
        );
        found.fault(*line, &within(field, key), what);
    }
    map(form, &own, node.line, field, found);
}

/// Of which form a map should be is not known: each field is checked as any of them has it.
fn each_known_field(forms: &[Json], entries: &[Entry], field: &str, found: &mut Findings) {
    stands_twice(entries, field, found);
    for Entry { key, line, node } in entries.iter().filter(|entry| entry.key != TAG) {
        match property(forms, key) {
            Some(schema) => value(schema, node, &within(field, key), found),
            None => {
                let known = forms
                    .iter()
                    .filter_map(|form| form.get("properties")?.as_object())
                    .flat_map(|all| all.keys());
                found.fault(*line, &within(field, key), unknown(key, known));
            }
        }
    }
}

fn property<'a>(forms: &'a [Json], key: &str) -> Option<&'a Json> {
    forms.iter().find_map(|form| form.get("properties")?.get(key))
}

fn tag_of(form: &Json) -> Option<&str> {
    form.get("properties")?.get(TAG)?.get("const")?.as_str()
}

fn stands_twice(entries: &[Entry], field: &str, found: &mut Findings) {
    let mut first = BTreeMap::new();
    for Entry { key, line, .. } in entries {
        match first.get(key) {
            None => drop(first.insert(key, *line)),
            Some(before) => {
                found.fault(*line, &within(field, key), format!("stands here twice, first on line {before}"));
            }
        }
    }
}

fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a String>) -> String {
    if key == "<<" {
        return "keys are not merged in YAML 1.2; write the fields out, or use an alias for a whole value"
            .to_owned();
    }
    let known: BTreeSet<&str> = known.map(String::as_str).collect();
    format!("is no field here; these are: {}", known.into_iter().collect::<Vec<_>>().join(", "))
}

fn wrong_type(schema: &Json, node: &Node, field: &str, found: &mut Findings) {
    let wanted: Vec<&str> = types(schema).filter(|name| *name != "null").map(in_words).collect();
    found.fault(node.line, field, format!("is {}, and should be {}", node.value.kind(), wanted.join(" or ")));
}

/// What a missing field should be, where the schema has a form for it.
fn help(schema: Option<&Json>) -> String {
    let form = schema.and_then(reference).and_then(Form::of_def);
    form.map(|form| format!(": {}, such as {}", form.what, form.example)).unwrap_or_default()
}

fn types(schema: &Json) -> impl Iterator<Item = &str> {
    let (one, many) = match schema.get("type") {
        Some(Json::String(one)) => (Some(one.as_str()), None),
        Some(Json::Array(many)) => (None, Some(many)),
        _ => (None, None),
    };
    one.into_iter().chain(many.into_iter().flatten().filter_map(Json::as_str))
}

fn is(name: &str, value: &Value) -> bool {
    matches!(
        (name, value),
        ("null", Value::Null)
            | ("boolean", Value::Bool(_))
            | ("integer", Value::Integer(_))
            | ("string", Value::Text(_))
            | ("array", Value::List(_))
            | ("object", Value::Map(_))
    )
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
