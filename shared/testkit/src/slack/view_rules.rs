//! The limits of forms, so that one that Slack would refuse is refused here too.

use std::collections::BTreeSet;

use serde_json::Value;

const VIEW_BYTES: usize = 250 * 1024;
const TITLE_CHARACTERS: usize = 24;
const BLOCKS_LIMIT: usize = 100;
const METADATA_CHARACTERS: usize = 3_000;
const ID_CHARACTERS: usize = 255;
const LABEL_CHARACTERS: usize = 2_000;
const PLACEHOLDER_CHARACTERS: usize = 150;
const OPTIONS_LIMIT: usize = 100;
const OPTION_TEXT_CHARACTERS: usize = 75;
const OPTION_VALUE_CHARACTERS: usize = 150;
const SECTION_CHARACTERS: usize = 3_000;
const CONTEXT_ELEMENTS_LIMIT: usize = 10;
const INPUT_LENGTH_LIMIT: u64 = 3_000;

/// What Slack would say against this form; empty when it would take it.
pub fn problems(view: &Value) -> Vec<String> {
    let mut rules = Rules(Vec::new());
    if view.get("type").and_then(Value::as_str) != Some("modal") {
        rules.say("/view/type", "unsupported type");
    }
    if view.to_string().len() > VIEW_BYTES {
        rules.say("/view", "the view is too large");
    }
    rules.plain_text(view.get("title"), "/view/title", TITLE_CHARACTERS);
    for part in ["submit", "close"] {
        if view.get(part).is_some() {
            rules.plain_text(view.get(part), &format!("/view/{part}"), TITLE_CHARACTERS);
        }
    }
    rules.at_most(view.get("private_metadata"), "/view/private_metadata", METADATA_CHARACTERS);
    rules.at_most(view.get("callback_id"), "/view/callback_id", ID_CHARACTERS);
    let blocks = view.get("blocks").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    if blocks.is_empty() || blocks.len() > BLOCKS_LIMIT {
        rules.say("/view/blocks", "must have 1 to 100 items");
    }
    let has_input = blocks.iter().any(|block| block.get("type").is_some_and(|kind| kind == "input"));
    if has_input && view.get("submit").is_none() {
        rules.say("/view/submit", "a view with input blocks needs it");
    }
    let mut ids = BTreeSet::new();
    for (index, block) in blocks.iter().enumerate() {
        let at = format!("/view/blocks/{index}");
        if block.get("block_id").and_then(Value::as_str).is_some_and(|id| !ids.insert(id.to_owned())) {
            rules.say(&at, "block_id stands there twice");
        }
        rules.block(block, &at);
    }
    rules.0
}

struct Rules(Vec<String>);

impl Rules {
    fn block(&mut self, block: &Value, at: &str) {
        self.at_most(block.get("block_id"), &format!("{at}/block_id"), ID_CHARACTERS);
        match block.get("type").and_then(Value::as_str) {
            Some("input") => {
                self.plain_text(block.get("label"), &format!("{at}/label"), LABEL_CHARACTERS);
                if block.get("hint").is_some() {
                    self.plain_text(block.get("hint"), &format!("{at}/hint"), LABEL_CHARACTERS);
                }
                self.element(block.get("element").unwrap_or(&Value::Null), &format!("{at}/element"));
            }
            Some("section") => {
                self.required(block.pointer("/text/text"), &format!("{at}/text"), SECTION_CHARACTERS);
            }
            Some("context") => {
                let elements = block.get("elements").and_then(Value::as_array).map_or(0, Vec::len);
                if !(1..=CONTEXT_ELEMENTS_LIMIT).contains(&elements) {
                    self.say(at, "must have 1 to 10 elements");
                }
            }
            Some("divider") => {}
            other => self.say(at, &format!("unsupported type in a view: {}", other.unwrap_or("none"))),
        }
    }

    fn element(&mut self, element: &Value, at: &str) {
        self.required(element.get("action_id"), &format!("{at}/action_id"), ID_CHARACTERS);
        if element.get("placeholder").is_some() {
            self.plain_text(element.get("placeholder"), &format!("{at}/placeholder"), PLACEHOLDER_CHARACTERS);
        }
        match element.get("type").and_then(Value::as_str) {
            Some("plain_text_input") => {
                if element.get("max_length").and_then(Value::as_u64).is_some_and(|n| n > INPUT_LENGTH_LIMIT) {
                    self.say(&format!("{at}/max_length"), "must be at most 3000");
                }
            }
            Some("static_select") => self.options(element, at),
            Some("external_select") => {
                if let Some(option) = element.get("initial_option") {
                    self.option(option, &format!("{at}/initial_option"));
                }
            }
            other => self.say(at, &format!("unsupported element: {}", other.unwrap_or("none"))),
        }
    }

    fn options(&mut self, element: &Value, at: &str) {
        let options = element.get("options").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if options.is_empty() || options.len() > OPTIONS_LIMIT {
            self.say(&format!("{at}/options"), "must have 1 to 100 items");
        }
        for option in options {
            self.option(option, &format!("{at}/options"));
        }
        if element.get("initial_option").is_some_and(|initial| !options.contains(initial)) {
            self.say(&format!("{at}/initial_option"), "is not one of the options");
        }
    }

    fn option(&mut self, option: &Value, at: &str) {
        self.plain_text(option.get("text"), &format!("{at}/text"), OPTION_TEXT_CHARACTERS);
        self.required(option.get("value"), &format!("{at}/value"), OPTION_VALUE_CHARACTERS);
    }

    fn plain_text(&mut self, text: Option<&Value>, at: &str, limit: usize) {
        if text.and_then(|text| text.get("type")).and_then(Value::as_str) != Some("plain_text") {
            self.say(at, "must be plain_text");
        }
        self.required(text.and_then(|text| text.get("text")), at, limit);
    }

    fn required(&mut self, text: Option<&Value>, at: &str, limit: usize) {
        if text.and_then(Value::as_str).is_none_or(str::is_empty) {
            self.say(at, "must be more than 0 characters");
        }
        self.at_most(text, at, limit);
    }

    fn at_most(&mut self, text: Option<&Value>, at: &str, limit: usize) {
        if text.and_then(Value::as_str).is_some_and(|text| text.chars().count() > limit) {
            self.say(at, &format!("must be at most {limit} characters"));
        }
    }

    fn say(&mut self, at: &str, what: &str) {
        self.0.push(format!("{what} [json-pointer:{at}]"));
    }
}
