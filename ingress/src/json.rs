//! JSON that is nearly right: what can mean one thing only is read so.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

/// Reads JSON in which a text may hold half of a surrogate pair, which becomes U+FFFD, or a raw control character.
/// Texts that were cut or filled in by a template have those.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    parse_as(text).map_err(|error| format!("not JSON: {error}"))
}

/// The same, of an object whose fields are there once each: of two, nobody could say which one was meant.
pub(crate) fn fields_once(text: &str) -> Result<Map<String, Value>, String> {
    let read: serde_json::Result<Once> = parse_as(text);
    read.map(|Once(fields)| fields).map_err(|error| {
        if error.is_data() { format!("not right: {error}") } else { format!("not JSON: {error}") }
    })
}

fn parse_as<T: DeserializeOwned>(text: &str) -> serde_json::Result<T> {
    let text = text.trim_start_matches('\u{FEFF}');
    // Nearly all of it is right as it comes.
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&repaired(text)))
}

struct Once(Map<String, Value>);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(OnceVisitor)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Once;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Once, A::Error> {
        let mut fields = Map::new();
        while let Some((name, value)) = from.next_entry::<String, Value>()? {
            if fields.contains_key(&name) {
                return Err(A::Error::custom(format!("`{name}` is there twice")));
            }
            fields.insert(name, value);
        }
        Ok(Once(fields))
    }
}

/// A field as text. None when it is absent, null or empty rich text; an error names the field.
pub(crate) fn text(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::Bool(bool)) => Ok(Some(bool.to_string())),
        Some(Value::Object(map)) if map.get("type").and_then(Value::as_str).is_some_and(is_shown_text) => {
            let mut plain = String::new();
            flatten(map, &mut plain);
            Ok(Some(plain.trim().to_owned()).filter(|text| !text.is_empty()))
        }
        Some(Value::Object(_) | Value::Array(_)) => Err(format!("`{name}` must be text")),
    }
}

/// Whether an object of this type is one of Slack's forms of text: rich text or a part of it, or a text object.
fn is_shown_text(kind: &str) -> bool {
    kind.starts_with("rich_text") || matches!(kind, "text" | "plain_text" | "mrkdwn" | "user" | "link")
}

/// What rich text shows. People, groups and channels are written as Slack's own text encodes them.
fn flatten(element: &Map<String, Value>, plain: &mut String) {
    let part = |name: &str| element.get(name).and_then(Value::as_str).unwrap_or_default();
    match part("type") {
        "text" | "plain_text" | "mrkdwn" => plain.push_str(part("text")),
        "link" if part("text").is_empty() => plain.push_str(part("url")),
        "link" => plain.push_str(&format!("<{}|{}>", part("url"), part("text"))),
        "user" => plain.push_str(&format!("<@{}>", part("user_id"))),
        "channel" => plain.push_str(&format!("<#{}>", part("channel_id"))),
        "usergroup" => plain.push_str(&format!("<!subteam^{}>", part("usergroup_id"))),
        "broadcast" => plain.push_str(&format!("@{}", part("range"))),
        "emoji" => plain.push_str(&format!(":{}:", part("name"))),
        "date" => plain.push_str(part("fallback")),
        _ => {
            for child in element.get("elements").and_then(Value::as_array).into_iter().flatten() {
                let Some(child) = child.as_object() else { continue };
                // Sections, lists, quotes and code are paragraphs of their own.
                let is_paragraph = child.contains_key("elements");
                if is_paragraph && !plain.is_empty() && !plain.ends_with('\n') {
                    plain.push('\n');
                }
                flatten(child, plain);
            }
        }
    }
}

/// The same JSON, with what Rust's texts cannot hold replaced within its texts.
fn repaired(text: &str) -> Cow<'_, str> {
    let is_suspect = text.contains("\\u") || text.bytes().any(|byte| byte < b' ');
    if !is_suspect {
        return Cow::Borrowed(text);
    }
    let mut repaired = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_within_text = false;
    while let Some(c) = rest.chars().next() {
        let mut length = c.len_utf8();
        match c {
            '"' => {
                is_within_text = !is_within_text;
                repaired.push(c);
            }
            '\\' if is_within_text => {
                let (escape, taken) = escape(rest);
                repaired.push_str(escape);
                length = taken;
            }
            c if is_within_text && c < ' ' => repaired.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => repaired.push(c),
        }
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(repaired)
}

/// The escape at the beginning of a text as it should be, and how many bytes it takes there.
fn escape(text: &str) -> (&str, usize) {
    let two = text.chars().take(2).map(char::len_utf8).sum();
    let as_it_is = |length: usize| (text.get(..length).unwrap_or(text), length);
    match unit(text) {
        None => as_it_is(two),
        Some(0xD800..=0xDBFF) if matches!(text.get(6..).and_then(unit), Some(0xDC00..=0xDFFF)) => {
            as_it_is(12)
        }
        Some(0xD800..=0xDFFF) => ("\\uFFFD", 6),
        Some(_) => as_it_is(6),
    }
}

/// The code unit of an escape: a backslash, `u` and four hexadecimal digits.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        u16::from_str_radix(digits, 16).ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn half_a_surrogate_pair_is_replaced_and_a_whole_one_stays() {
        for (body, text) in [
            (r#"{"a":"on call \ud83d"}"#, "on call \u{FFFD}"),
            (r#"{"a":"\uDE00!"}"#, "\u{FFFD}!"),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, "\u{FFFD}😀"),
            (r#"{"a":"\ud83d\ude00"}"#, "😀"),
            (r#"{"a":"\ud83dx"}"#, "\u{FFFD}x"),
            (r#"{"a":"\ud83d\n"}"#, "\u{FFFD}\n"),
            (r#"{"a":"\\ud83d"}"#, "\\ud83d"),
            (r#"{"a":"\\\ud83d"}"#, "\\\u{FFFD}"),
            (r#"{"a":"\u00e9"}"#, "é"),
            ("{\"a\":\"one\ntwo\tthree\"}", "one\ntwo\tthree"),
            ("\u{FEFF}{\n \"a\": \"x\"\n}", "x"),
        ] {
            assert_eq!(parse(body), Ok(json!({"a": text})), "{body}");
        }
        for body in ["", "hello", "{", r#"{"a":"\u12"}"#, r#"{"a":"\"#, r#"{"a":"\ué"}"#, "{\"a\":\"\\é\"}"]
        {
            assert!(parse(body).is_err(), "{body}");
        }
    }

    #[test]
    fn an_object_has_each_field_once() {
        let of = |text: &str| fields_once(text).map(Value::Object);
        assert_eq!(of("{\"a\": 1, \"b\": \"one\ntwo\"}"), Ok(json!({"a": 1, "b": "one\ntwo"})));
        for (text, why) in [
            (r#"{"a": 1, "b": 2, "a": 1}"#, "not right: `a` is there twice"),
            (r#"{"a": 1, "\u0061": 1}"#, "not right: `a` is there twice"),
            ("[1]", "not right: invalid type: sequence, expected a JSON object"),
            (r#"{"a": 1} {}"#, "not JSON: trailing characters"),
            ("", "not JSON: EOF"),
        ] {
            let said = of(text).unwrap_err();
            assert!(said.starts_with(why), "{text}: {said}");
        }
    }

    #[test]
    fn a_field_is_taken_where_it_can_mean_one_thing() {
        let rich = json!({"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [
                {"type": "text", "text": "see "}, {"type": "link", "url": "https://example.com"},
                {"type": "text", "text": " with "}, {"type": "user", "user_id": "U0SECOND"}]},
            {"type": "rich_text_list", "elements": [
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]},
                {"type": "rich_text_section", "elements": [{"type": "text", "text": "two"}]}]}]});
        let fields = json!({
            "text": "x", "empty": "", "number": 2, "half": 1.5, "bool": true, "null": null, "list": ["x"], "map": {},
            "rich": rich, "nothing": {"type": "rich_text", "elements": []}});
        let fields = fields.as_object().unwrap();
        let of = |name: &str| text(fields, name);
        for (form, shown) in [
            (json!({"type": "plain_text", "text": "2h", "emoji": true}), "2h"),
            (json!({"type": "mrkdwn", "text": "fix *it*"}), "fix *it*"),
            (
                json!({"type": "rich_text_section", "elements": [{"type": "text", "text": "payments"}]}),
                "payments",
            ),
            (json!({"type": "user", "user_id": "U0DANA"}), "<@U0DANA>"),
        ] {
            let fields = Map::from_iter([("a".to_owned(), form)]);
            assert_eq!(text(&fields, "a"), Ok(Some(shown.to_owned())));
        }
        let some = |text: &str| Ok(Some(text.to_owned()));
        assert_eq!((of("text"), of("empty")), (some("x"), some("")));
        assert_eq!((of("number"), of("half"), of("bool")), (some("2"), some("1.5"), some("true")));
        assert_eq!((of("null"), of("absent"), of("nothing")), (Ok(None), Ok(None), Ok(None)));
        assert_eq!(of("rich"), some("see https://example.com with <@U0SECOND>\none\ntwo"));
        assert_eq!(
            (of("list"), of("map")),
            (Err("`list` must be text".into()), Err("`map` must be text".into()))
        );
    }
}
