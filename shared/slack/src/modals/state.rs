//! What was filled in, read leniently: Slack adds, drops and nulls fields freely.

use domain::names::shows_nothing;
use serde_json::Value;

use crate::modals::limits::Limits;

/// Longest text that is read from a field, in characters. Slack's own limit is 3,000.
const ENTERED_MAX_CHARS: usize = 4_000;

/// The form's limits, as the worker that filled it wrote them; none where it was not filled yet.
#[must_use]
pub fn metadata(view: &Value) -> Limits {
    let text = view.get("private_metadata").and_then(Value::as_str).unwrap_or_default();
    serde_json::from_str(text).unwrap_or_default()
}

/// The fields of a form that somebody filled in.
#[derive(Debug, Clone, Copy)]
pub struct Entered<'a> {
    values: Option<&'a Value>,
}

impl<'a> Entered<'a> {
    /// Of a payload's `view`.
    #[must_use]
    pub fn of(view: &'a Value) -> Self {
        Self { values: view.pointer("/state/values") }
    }

    /// What stands in a field, without white space around it; nothing where that shows nothing.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<String> {
        let block = self.values?.get(field)?;
        let element = block.get(field).or_else(|| block.as_object()?.values().next())?;
        chosen(element)
    }
}

/// What was typed into an element or chosen from its list; nothing where that shows nothing.
#[must_use]
pub fn chosen(element: &Value) -> Option<String> {
    let value = element.pointer("/selected_option/value").or_else(|| element.get("value"))?;
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    let text: String = text.trim().chars().take(ENTERED_MAX_CHARS).collect();
    (!shows_nothing(&text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whatever_slack_sends_is_read_or_is_nothing() {
        for (element, text) in [
            (json!({"type": "plain_text_input", "value": " 2h "}), Some("2h")),
            (json!({"type": "static_select", "selected_option": {"value": "1h"}}), Some("1h")),
            (json!({"type": "external_select", "selected_option": null, "value": "3h"}), Some("3h")),
            (json!({"type": "number_input", "value": 2}), Some("2")),
            (json!({"value": null}), None),
            (json!({"value": "\u{A0} \n"}), None),
            (json!({"value": "\u{200B}\u{2060}"}), None),
            (json!({"value": "\u{2800}"}), None),
            (json!({"selected_option": {"value": ["x"]}}), None),
            (json!(null), None),
            (json!("x"), None),
        ] {
            let view = json!({"state": {"values": {"duration": {"duration": element}}}});
            assert_eq!(Entered::of(&view).text("duration").as_deref(), text, "{view}");
        }
        for view in [json!(null), json!({"state": []}), json!({"state": {"values": {"duration": null}}})] {
            assert_eq!(Entered::of(&view).text("duration"), None, "{view}");
        }
        let other_action = json!({"state": {"values": {"role": {"x1": {"value": "ReadOnly"}}}}});
        assert_eq!(Entered::of(&other_action).text("role").as_deref(), Some("ReadOnly"));
        let long = json!({"state": {"values": {"reason": {"reason": {"value": "é".repeat(9_000)}}}}});
        assert_eq!(Entered::of(&long).text("reason").unwrap().chars().count(), ENTERED_MAX_CHARS);
    }

    #[test]
    fn limits_that_are_not_there_limit_nothing() {
        for metadata in [json!(null), json!(""), json!("{"), json!("[]"), json!({"shortest": 1})] {
            assert_eq!(super::metadata(&json!({"private_metadata": metadata})), Limits::default());
        }
    }
}
