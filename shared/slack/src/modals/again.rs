//! A form about a request that a worker refused, as it comes back: with what was typed, and below its field what is wrong.

use serde_json::{Value, json};

use crate::ids::field;
use crate::modals::element::{context, section};
use crate::text::{SECTION_MAX_CHARS, shorten};

/// What was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What was typed or chosen, by field.
    pub typed: Vec<(&'static str, String)>,
    /// The field at which it can be put right; none where nothing in the form puts it right.
    pub at: Option<&'static str>,
    /// What is wrong, as a message says it.
    pub why: String,
}

/// The form again. Where nothing in it puts it right, or it has nothing to fill in any more, it only says so, with what was
/// typed.
#[must_use]
pub fn again(mut form: Value, refused: &Refused) -> Value {
    let blocks = form.get("blocks").and_then(Value::as_array).cloned().unwrap_or_default();
    let field = refused.at.and_then(|at| place(&blocks, at));
    let Some(form_fields) = form.as_object_mut() else { return form };
    let blocks = match field {
        Some(place) => filled(blocks, place, refused),
        None => {
            form_fields.remove("submit");
            only_said(refused)
        }
    };
    form_fields.insert("blocks".to_owned(), blocks.into());
    form
}

fn filled(mut blocks: Vec<Value>, place: usize, refused: &Refused) -> Vec<Value> {
    for (id, typed) in &refused.typed {
        let block = self::place(&blocks, id).and_then(|at| blocks.get_mut(at));
        let element = block.and_then(|block| block.get_mut("element")).and_then(Value::as_object_mut);
        let Some(element) = element else { continue };
        let max_chars = element.get("max_length").and_then(Value::as_u64);
        let max_chars = max_chars.and_then(|max| usize::try_from(max).ok()).unwrap_or(SECTION_MAX_CHARS);
        element.insert("initial_value".to_owned(), shorten(typed, max_chars).into());
    }
    blocks.insert(place + 1, context(&format!(":warning: {}", refused.why)));
    blocks
}

/// Nothing that was typed is lost: it can be copied.
fn only_said(refused: &Refused) -> Vec<Value> {
    let typed = refused.typed.iter().filter(|(_, typed)| !typed.is_empty());
    let typed = typed.flat_map(|(_, typed)| {
        let text = json!({ "type": "plain_text", "text": shorten(typed, SECTION_MAX_CHARS), "emoji": false });
        [context("You typed:"), json!({ "type": "section", "text": text })]
    });
    std::iter::once(section(&format!(":warning: {}", refused.why))).chain(typed).collect()
}

/// Where a field is that takes text: how long is typed into the second of its two.
fn place(blocks: &[Value], id: &str) -> Option<usize> {
    let of =
        |id: &str| blocks.iter().position(|block| block.get("block_id").and_then(Value::as_str) == Some(id));
    match id {
        field::DURATION => of(field::DURATION_TEXT).or_else(|| of(field::DURATION)),
        other => of(other),
    }
}
