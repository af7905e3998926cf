//! The limits of Block Kit, so that a message that Slack would refuse is refused here too.

use std::collections::BTreeSet;

use serde_json::Value;

const BLOCKS_LIMIT: usize = 50;
const BLOCK_ID_CHARACTERS: usize = 255;
const HEADER_CHARACTERS: usize = 150;
const TEXT_CHARACTERS: usize = 3_000;
const FIELDS_LIMIT: usize = 10;
const FIELD_CHARACTERS: usize = 2_000;
const CONTEXT_ELEMENTS_LIMIT: usize = 10;
const ACTION_ELEMENTS_LIMIT: usize = 25;
const BUTTON_TEXT_CHARACTERS: usize = 75;
const BUTTON_VALUE_CHARACTERS: usize = 2_000;
const ACTION_ID_CHARACTERS: usize = 255;

/// What Slack would say against these blocks; empty when it would take them.
pub fn problems(blocks: &Value) -> Vec<String> {
    problems_of(blocks, BLOCKS_LIMIT)
}

/// The same, of a surface that takes so many blocks.
pub(super) fn problems_of(blocks: &Value, most: usize) -> Vec<String> {
    let Some(blocks) = blocks.as_array() else { return vec!["blocks must be an array".to_owned()] };
    let mut problems = Vec::new();
    if blocks.len() > most {
        problems.push(format!("no more than {most} items allowed [json-pointer:/blocks]"));
    }
    let mut ids = BTreeSet::new();
    for (index, block) in blocks.iter().enumerate() {
        if block.get("block_id").and_then(Value::as_str).is_some_and(|id| !ids.insert(id)) {
            problems.push(format!("block_id stands there twice [json-pointer:/blocks/{index}]"));
        }
        let mut check = Check { at: format!("/blocks/{index}"), problems: &mut problems };
        check.block(block);
    }
    problems
}

struct Check<'a> {
    at: String,
    problems: &'a mut Vec<String>,
}

impl Check<'_> {
    fn block(&mut self, block: &Value) {
        self.text(block.get("block_id"), "/block_id", BLOCK_ID_CHARACTERS);
        match block.get("type").and_then(Value::as_str) {
            Some("header") => self.required(block.pointer("/text/text"), "/text", HEADER_CHARACTERS),
            Some("section") => self.section(block),
            Some("context") => self.list(block.get("elements"), "/elements", CONTEXT_ELEMENTS_LIMIT),
            Some("actions") => self.actions(block),
            Some("divider" | "image" | "input" | "rich_text") => {}
            other => self.problem("/type", &format!("unsupported type: {}", other.unwrap_or("none"))),
        }
    }

    fn section(&mut self, block: &Value) {
        if block.get("fields").is_none() || block.get("text").is_some() {
            self.required(block.pointer("/text/text"), "/text", TEXT_CHARACTERS);
        }
        let Some(fields) = block.get("fields") else { return };
        self.list(Some(fields), "/fields", FIELDS_LIMIT);
        for field in fields.as_array().into_iter().flatten() {
            self.required(field.get("text"), "/fields/text", FIELD_CHARACTERS);
        }
    }

    fn actions(&mut self, block: &Value) {
        self.list(block.get("elements"), "/elements", ACTION_ELEMENTS_LIMIT);
        for element in block.get("elements").and_then(Value::as_array).into_iter().flatten() {
            self.required(element.get("action_id"), "/elements/action_id", ACTION_ID_CHARACTERS);
            if element.get("type").and_then(Value::as_str) == Some("button") {
                self.required(element.pointer("/text/text"), "/elements/text", BUTTON_TEXT_CHARACTERS);
                self.text(element.get("value"), "/elements/value", BUTTON_VALUE_CHARACTERS);
            }
        }
    }

    fn required(&mut self, text: Option<&Value>, field: &str, limit: usize) {
        if text.and_then(Value::as_str).is_none_or(str::is_empty) {
            self.problem(field, "must be more than 0 characters");
        }
        self.text(text, field, limit);
    }

    fn text(&mut self, text: Option<&Value>, field: &str, limit: usize) {
        if text.and_then(Value::as_str).is_some_and(|text| text.chars().count() > limit) {
            self.problem(field, &format!("must be less than {} characters", limit + 1));
        }
    }

    fn list(&mut self, list: Option<&Value>, field: &str, limit: usize) {
        match list.and_then(Value::as_array).map(Vec::len) {
            None | Some(0) => self.problem(field, "must have at least 1 item"),
            Some(length) if length > limit => {
                self.problem(field, &format!("no more than {limit} items allowed"));
            }
            Some(_) => {}
        }
    }

    fn problem(&mut self, field: &str, what: &str) {
        self.problems.push(format!("{what} [json-pointer:{}{field}]", self.at));
    }
}
