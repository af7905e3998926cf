//! Attributes that stand in a record and say nothing: `NULL`, and a text without a character. Whoever edits a table by hand or by
//! a tool of their own writes those where the workers write no attribute, and means the same.

use aws_sdk_dynamodb::types::AttributeValue;

use super::item::Item;

/// What holds documents of somebody else, in which nothing is changed.
const INLINE_POLICY: &str = "inline_policy";

/// A request's record without them.
pub(super) fn without_nothing(mut item: Item) -> Item {
    item.retain(|_, value| !is_nothing(value));
    item
}

/// A project's record without them, in its roles and their rules too.
pub(super) fn project_without_nothing(mut item: Item) -> Item {
    clear(&mut item);
    item
}

fn clear(fields: &mut Item) {
    fields.retain(|_, value| !is_nothing(value));
    for (name, value) in fields {
        if let AttributeValue::M(inner) = value
            && name != INLINE_POLICY
        {
            clear(inner);
        }
    }
}

fn is_nothing(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::Null(_) => true,
        AttributeValue::S(text) => text.is_empty(),
        _ => false,
    }
}
