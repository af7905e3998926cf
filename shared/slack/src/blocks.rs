//! Block Kit: the few blocks that messages are made of, each within Slack's limits.

use slack_morphism::prelude::{
    SlackActionBlockElement, SlackActionId, SlackActionsBlock, SlackBlock, SlackBlockButtonElement,
    SlackBlockButtonStyle, SlackBlockConfirmItem, SlackBlockId, SlackBlockMarkDownText, SlackBlockPlainText,
    SlackBlockText, SlackContextBlock, SlackContextBlockElement, SlackHeaderBlock, SlackMessageContent,
    SlackSectionBlock,
};

use super::text::{FALLBACK_MAX_CHARS, SECTION_MAX_CHARS, escape, shorten};

pub use slack_morphism::prelude::SlackBlock as Block;

/// A button. Its value is the request's id.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs, reason = "the names of the fields say it")]
pub struct Button<'a> {
    /// `approve`, `deny` or `revoke`.
    pub action_id: &'a str,
    pub label: &'a str,
    /// The request's id.
    pub value: &'a str,
    pub look: Look,
    /// What is asked before it counts: a title, a question and the word that confirms.
    pub confirm: Option<(&'a str, &'a str, &'a str)>,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Green: the expected choice.
    Primary,
    /// Red: takes something away.
    Danger,
    /// No colour: opens a form.
    Plain,
}

/// A message: its blocks, and the line that notifications and screen readers show.
#[must_use]
pub fn message(fallback: &str, blocks: Vec<SlackBlock>) -> SlackMessageContent {
    SlackMessageContent::new().with_text(shorten(fallback, FALLBACK_MAX_CHARS)).with_blocks(blocks)
}

/// A heading, in plain text.
#[must_use]
pub fn header(text: &str) -> SlackBlock {
    SlackHeaderBlock::new(plain(text).into()).into()
}

/// A paragraph. What people typed must have been escaped.
#[must_use]
pub fn section(text: &str) -> SlackBlock {
    SlackSectionBlock::new().with_text(markdown(&shorten(text, SECTION_MAX_CHARS))).into()
}

/// Short facts, in two columns; Slack shows at most ten.
#[must_use]
pub fn fields(facts: &[(&str, String)]) -> SlackBlock {
    let fields = facts.iter().map(|(name, value)| markdown(&format!("*{name}*\n{value}"))).collect();
    SlackSectionBlock::new().with_fields(fields).into()
}

/// Typed text, escaped and whole, under a title: as many paragraphs as it takes.
#[must_use]
pub fn typed_text(title: &str, typed: &str) -> Vec<SlackBlock> {
    let mut paragraphs = vec![format!("*{title}*\n")];
    let mut length = title.chars().count() + 3;
    for c in typed.chars() {
        let safe = escape(c.encode_utf8(&mut [0; 4]));
        let chars = safe.chars().count();
        if length + chars > SECTION_MAX_CHARS {
            paragraphs.push(String::new());
            length = 0;
        }
        length += chars;
        if let Some(last) = paragraphs.last_mut() {
            last.push_str(&safe);
        }
    }
    // A paragraph of nothing but white space is refused.
    paragraphs.iter().filter(|p| !p.trim().is_empty()).map(|p| section(p)).collect()
}

/// A line in small print.
#[must_use]
pub fn context(text: &str) -> SlackBlock {
    let element = SlackContextBlockElement::MarkDown(verbatim(text));
    SlackContextBlock::new(vec![element]).into()
}

/// A row of buttons.
#[must_use]
pub fn actions(buttons: &[Button<'_>]) -> SlackBlock {
    row(crate::ids::ACTIONS_BLOCK_ID, buttons)
}

/// One of several rows of buttons in a message, whose blocks have different ids.
#[must_use]
pub fn actions_of(ordinal: usize, buttons: &[Button<'_>]) -> SlackBlock {
    row(&format!("{}{ordinal}", crate::ids::ACTIONS_BLOCK_PREFIX), buttons)
}

/// A row of buttons that open forms.
#[must_use]
pub fn more_actions(buttons: &[Button<'_>]) -> SlackBlock {
    row(crate::ids::MORE_BLOCK_ID, buttons)
}

fn row(block_id: &str, buttons: &[Button<'_>]) -> SlackBlock {
    let elements = buttons.iter().map(|b| SlackActionBlockElement::Button(button(*b))).collect();
    SlackActionsBlock::new(elements).with_block_id(SlackBlockId(block_id.to_owned())).into()
}

fn button(button: Button<'_>) -> SlackBlockButtonElement {
    let style = match button.look {
        Look::Primary => Some(SlackBlockButtonStyle::Primary),
        Look::Danger => Some(SlackBlockButtonStyle::Danger),
        Look::Plain => None,
    };
    let mut element = SlackBlockButtonElement::new(plain(button.label).into())
        .with_action_id(SlackActionId(button.action_id.to_owned()))
        .with_value(button.value.to_owned());
    if let Some(style) = style {
        element = element.with_style(style);
    }
    match button.confirm {
        None => element,
        Some((title, question, yes)) => element.with_confirm(SlackBlockConfirmItem::new(
            plain(title).into(),
            markdown(question),
            plain(yes).into(),
            plain("Cancel").into(),
        )),
    }
}

fn plain(text: &str) -> SlackBlockPlainText {
    SlackBlockPlainText::new(text.to_owned())
}

fn markdown(text: &str) -> SlackBlockText {
    SlackBlockText::MarkDown(verbatim(text))
}

/// Without `verbatim`, Slack makes links and mentions of addresses, `@here` and `#channel` in what people typed.
fn verbatim(text: &str) -> SlackBlockMarkDownText {
    SlackBlockMarkDownText::new(text.to_owned()).with_verbatim(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(blocks: &[SlackBlock]) -> Vec<String> {
        let json = serde_json::to_value(blocks).unwrap();
        json.as_array()
            .unwrap()
            .iter()
            .filter_map(|block| block["text"]["text"].as_str().map(str::to_owned))
            .collect()
    }

    #[test]
    fn long_typed_text_is_whole_and_every_paragraph_fits() {
        let typed = "<&>".repeat(1_000);
        let paragraphs = texts(&typed_text("Why", &typed));
        assert!(paragraphs.len() > 3);
        assert!(paragraphs.iter().all(|p| p.chars().count() <= SECTION_MAX_CHARS));
        assert_eq!(paragraphs.concat().trim_start_matches("*Why*\n"), escape(&typed));
    }

    #[test]
    fn what_is_typed_stays_text() {
        let confirm = Some(("End?", "Really, *now*?", "End"));
        let button = Button { action_id: "revoke", label: "End", value: "r-0", look: Look::Danger, confirm };
        let blocks = [
            section("@here"),
            context("#general"),
            fields(&[("Who", "https://example.com".to_owned()), ("What", "x".to_owned())]),
            actions(&[button]),
        ];
        let blocks =
            blocks.into_iter().chain(typed_text("Why", "@here https://example.com")).collect::<Vec<_>>();
        let json = serde_json::to_string(&blocks).unwrap();
        assert_eq!(json.matches(r#""type":"mrkdwn""#).count(), 6, "{json}");
        assert_eq!(json.matches(r#""verbatim":true"#).count(), 6, "{json}");
    }

    #[test]
    fn a_row_of_buttons_is_as_the_contract_says() {
        let button = Button {
            action_id: "approve",
            label: "Approve",
            value: "r-0",
            look: Look::Primary,
            confirm: None,
        };
        let json = serde_json::to_value(actions(&[button])).unwrap();
        assert_eq!(json["block_id"], "aws_actions");
        assert_eq!(json["elements"][0]["action_id"], "approve");
        assert_eq!(json["elements"][0]["value"], "r-0");
        assert_eq!(json["elements"][0]["style"], "primary");
    }
}
