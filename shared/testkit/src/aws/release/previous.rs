//! Release 0.1.

use crate::aws::tables::{Object, strip};

/// What its messages do not have: when somebody clicked and which click it was, when an operator asked, and the whole
/// text of a command.
const LATER_FIELDS: [&str; 4] = ["clicked_at", "click_id", "requested_at", "command"];
/// The tag that its users do not bear.
const DEPLOYMENT_TAG: &str = "keylease:deployment";

pub(super) fn strip_record(record: &mut Object) {
    strip(record);
}

pub(super) fn strip_message(fields: &mut Object) {
    fields.retain(|name, _| !LATER_FIELDS.contains(&name.as_str()));
}

/// A form without the tag of the deployment; nothing where it has none.
pub(super) fn without_deployment(form: &[u8]) -> Option<String> {
    let fields: Vec<(String, String)> = form_urlencoded::parse(form).into_owned().collect();
    let (tag, _) = fields.iter().find(|(name, value)| name.ends_with(".Key") && value == DEPLOYMENT_TAG)?;
    let tag = tag.trim_end_matches("Key");
    let kept = fields.iter().filter(|(name, _)| !name.starts_with(tag));
    Some(form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish())
}
