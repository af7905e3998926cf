//! The parts that forms are made of, as Slack's JSON.

use serde_json::{Value, json};

use crate::text::{SECTION_MAX_CHARS, shorten};

/// Longest text of an option, in characters.
const OPTION_TEXT_MAX_CHARS: usize = 75;
/// Longest text in an empty field, in characters.
const PLACEHOLDER_MAX_CHARS: usize = 150;

/// A field: its id, what stands above it, and whether it may stay empty.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) id: &'static str,
    pub(super) label: &'static str,
    pub(super) is_optional: bool,
    /// Whether Slack sends each choice at once.
    pub(super) dispatches: bool,
}

impl Field {
    pub(super) const fn required(id: &'static str, label: &'static str) -> Self {
        Self { id, label, is_optional: false, dispatches: false }
    }

    pub(super) const fn optional(id: &'static str, label: &'static str) -> Self {
        Self { is_optional: true, ..Self::required(id, label) }
    }

    pub(super) const fn dispatching(self) -> Self {
        Self { dispatches: true, ..self }
    }

    /// A line, or several, to type into.
    pub(super) fn text(self, placeholder: &str, max_chars: usize, is_multiline: bool) -> Value {
        self.input(json!({
            "type": "plain_text_input",
            "placeholder": plain(&shorten(placeholder, PLACEHOLDER_MAX_CHARS)),
            "max_length": max_chars,
            "multiline": is_multiline,
        }))
    }

    /// A line with something in it already.
    pub(super) fn text_with(self, placeholder: &str, max_chars: usize, initial: Option<&str>) -> Value {
        let mut block = self.text(placeholder, max_chars, false);
        let initial = initial.map(|text| Value::from(shorten(text, max_chars)));
        if let Some(element) = block.get_mut("element") {
            set(element, "initial_value", initial);
        }
        block
    }

    /// Several lines, with something in them already where `initial` has it.
    pub(super) fn lines_with(self, placeholder: &str, max_chars: usize, initial: Option<&str>) -> Value {
        let mut block = self.text(placeholder, max_chars, true);
        let initial = initial.map(|text| Value::from(shorten(text, max_chars)));
        if let Some(element) = block.get_mut("element") {
            set(element, "initial_value", initial);
        }
        block
    }

    /// A list of choices, at most as many as Slack shows.
    pub(super) fn choices(self, placeholder: &str, options: &[Value], chosen: Option<Value>) -> Value {
        let mut element = json!({
            "type": "static_select", "placeholder": plain(placeholder), "options": options,
        });
        set(&mut element, "initial_option", chosen);
        self.input(element)
    }

    /// A list that is searched by typing.
    pub(super) fn search(self, placeholder: &str, chosen: Option<Value>) -> Value {
        let mut element = json!({
            "type": "external_select", "placeholder": plain(placeholder), "min_query_length": 0,
        });
        set(&mut element, "initial_option", chosen);
        self.input(element)
    }

    fn input(self, mut element: Value) -> Value {
        set(&mut element, "action_id", Some(self.id.into()));
        json!({
            "type": "input", "block_id": self.id, "label": plain(self.label), "element": element,
            "optional": self.is_optional, "dispatch_action": self.dispatches,
        })
    }
}

/// A form.
pub(super) fn modal(callback_id: &str, title: &str, submit: &str, metadata: &str, blocks: &[Value]) -> Value {
    json!({
        "type": "modal", "callback_id": callback_id, "title": plain(title), "submit": plain(submit),
        "close": plain("Cancel"), "private_metadata": metadata, "blocks": blocks,
    })
}

/// A form in which there is nothing to fill in.
pub(super) fn notice(callback_id: &str, title: &str, text: &str) -> Value {
    json!({
        "type": "modal", "callback_id": callback_id, "title": plain(title), "close": plain("Close"),
        "blocks": [section(text)],
    })
}

/// A choice: what is shown, and what is sent.
pub(super) fn option(text: &str, value: &str) -> Value {
    json!({ "text": plain(&shorten(text, OPTION_TEXT_MAX_CHARS)), "value": value })
}

/// A paragraph. What people typed must have been escaped.
pub(super) fn section(text: &str) -> Value {
    let text = json!({ "type": "mrkdwn", "text": shorten(text, SECTION_MAX_CHARS), "verbatim": true });
    json!({ "type": "section", "text": text })
}

/// A line in small print.
pub(super) fn context(text: &str) -> Value {
    let text = json!({ "type": "mrkdwn", "text": shorten(text, SECTION_MAX_CHARS), "verbatim": true });
    json!({ "type": "context", "elements": [text] })
}

fn plain(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text })
}

fn set(value: &mut Value, name: &str, to: Option<Value>) {
    if let (Some(fields), Some(to)) = (value.as_object_mut(), to) {
        fields.insert(name.to_owned(), to);
    }
}
