//! Whatever a file says, it is answered; and the check knows every word of the schema.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::*;

/// Texts that are tried.
const TEXTS: usize = 20_000;
/// Pieces of one text, at most.
const PIECES_MAX: usize = 24;
/// What YAML, JSON and catalogues are made of, with `¦` between two.
const PIECES: &str = concat!(
    " ¦  ¦\n¦\n  ¦\n    ¦\t¦\r\n¦:¦: ¦- ¦-¦? ¦,¦[¦]¦{¦}¦\"¦'¦|\n¦>-\n¦#¦&a ¦*a¦!x ¦!!int ¦!!str ¦",
    "%TAG ¦---\n¦...\n¦<<: ¦~¦null¦true¦0¦-1¦1e9¦.nan¦0x1F¦\\u00e9¦\\ud83d¦é¦\u{feff}¦\u{0}¦\u{85}¦",
    "project: p¦projects:\n¦owner_slack_id: U0OWNER¦approver_slack_ids: [U1, U1]¦channel: C0¦",
    "allow_self_approval: true¦account_role_arn: arn:aws:iam::1:role/x¦roles:\n¦ReadOnly:\n¦",
    "{kind: user, max_duration: 1h}¦kind: session¦role_arn: arn:aws:iam::111122223333:role/x¦",
    "policy_arns: [arn:aws:iam::aws:policy/A]¦max_duration: 1h¦approvals_required: 2¦",
    "inline_policy: {Statement: {}}¦inline_policy: '{\"Statement\":[]}'¦99999999999999999999¦",
    "{\"project\":\"p\"}",
);

/// A file of every field, to be spoilt.
const WHOLE: &str = r#"
- project: payments
  owner_slack_id: U0OWNER
  approver_slack_ids: [U0OWNER, U0SECOND]
  requester_slack_ids: [S0ENGINEERS]
  channel: C0APPROVALS
  allow_self_approval: false
  remind_after: 4h
  escalate_after: 1h
  escalate_to: [S0LEADS]
  account_role_arn: arn:aws:iam::111122223333:role/keylease
  roles:
    Logs:
      kind: user
      policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
      inline_policy: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "logs:*", Resource: "*"}}
      max_duration: 8h
      approvals_required: 1
      max_extensions: 2
      delivery: claim
      claim_within: 30m
      approver_slack_ids: [S0LEADS]
      requester_slack_ids: [U0DANA]
      auto_approve: {for: [S0ONCALL, U0DANA], max_duration: 1h}
      break_glass: {for: [S0ONCALL], max_duration: 30m}
    Power: {kind: session, delivery: claim, claim_within: 20m, approver_slack_ids: [U0SECURITY], requester_slack_ids: [S0ONCALL], auto_approve: {for: [S0ONCALL], max_duration: 30m}, break_glass: {for: [S0ONCALL], max_duration: 30m}, role_arn: "arn:aws:iam::111122223333:role/p", inline_policy: '{"Statement": []}', max_duration: 1h}
    Sealed: {kind: role, door: claim, delivery: claim, claim_within: 25m, policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess], max_duration: 8h}
    Own:
      kind: role
      policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
      inline_policy: {Version: "2012-10-17", Statement: {Effect: Allow, Action: "logs:*", Resource: "*"}}
      door: assume_role
      principals: ["arn:aws:iam::111122223333:user/${requester_email}"]
      max_duration: 8h
      max_extensions: 1
      approvals_required: 1
      approver_slack_ids: [S0LEADS]
      requester_slack_ids: [U0DANA]
      auto_approve: {for: [S0ONCALL], max_duration: 1h}
      break_glass: {for: [S0ONCALL], max_duration: 30m}
"#;

fn shortest() -> GrantDuration {
    GrantDuration::parse("15m").unwrap()
}

/// Reads it, which is the test; a file that is refused says on which of its lines.
fn answered(bytes: &[u8]) {
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
    if let Err(found) = read(bytes, shortest()) {
        assert!(!found.faults.is_empty());
        for fault in found.faults {
            let text = String::from_utf8_lossy(bytes);
            assert!((1..=lines + 1).contains(&fault.line), "{fault} in {text:?}");
            assert!(!fault.to_string().contains('\n'), "{fault:?} in {text:?}");
        }
    }
}

#[test]
fn any_text_is_answered() {
    let pieces: Vec<&str> = PIECES.split('¦').collect();
    let mut random = fastrand::Rng::with_seed(4);
    for _ in 0..TEXTS {
        let count = random.usize(..PIECES_MAX);
        let text: String = (0..count).filter_map(|_| random.choice(&pieces)).copied().collect();
        answered(text.as_bytes());
    }
}

#[test]
fn any_spoilt_file_is_answered() {
    let pieces: Vec<&str> = PIECES.split('¦').collect();
    let mut random = fastrand::Rng::with_seed(4);
    for _ in 0..TEXTS / 4 {
        let mut bytes = WHOLE.as_bytes().to_vec();
        for _ in 0..random.usize(1..4) {
            let at = random.usize(..bytes.len());
            let until = (at + random.usize(..12)).min(bytes.len());
            let piece = random.choice(&pieces).map(|piece| piece.as_bytes()).unwrap_or_default();
            bytes.splice(at..until, piece.iter().copied());
        }
        answered(&bytes);
    }
}

#[test]
fn a_file_that_ends_anywhere_is_answered() {
    for end in 0..WHOLE.len() {
        answered(&WHOLE.as_bytes()[..end]);
    }
}

#[test]
fn what_the_schema_takes_the_workers_can_read() {
    let whole = WHOLE.replace(
        r#"{"Statement": []}"#,
        r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
    );
    let catalogue = read(whole.as_bytes(), shortest()).unwrap();
    assert_eq!(catalogue.projects.len(), 1);
    // Every field of the schema stands in it, so that none can be in the schema and not in the record.
    let said = serde_json::to_value(&catalogue.projects[0]).unwrap();
    for field in properties(schema::of_def("Project").unwrap()) {
        assert!(said.get(&field).is_some(), "{field}");
    }
    for (role, form) in [("Logs", 0), ("Power", 1), ("Own", 2)] {
        // No one door takes all the fields of a role of a grant's own.
        let another = if role == "Own" { "Sealed" } else { role };
        for field in properties(&schema::of_def("Role").unwrap()["oneOf"][form]) {
            let is_said = |role: &str| said["roles"][role].get(&field).is_some();
            assert!(is_said(role) || is_said(another), "{role}: {field}");
        }
    }
}

fn properties(schema: &Json) -> Vec<String> {
    schema["properties"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn the_check_knows_every_word_of_the_schema() {
    const KNOWN: &str = "$ref additionalProperties anyOf const enum items maxItems maxLength maximum minProperties minimum oneOf \
                         pattern properties propertyNames required type uniqueItems";
    const SAYS_NOTHING: &str = "$schema title description examples format $defs";
    let mut words = BTreeSet::new();
    gather(&serde_json::from_str(schema::PUBLISHED).unwrap(), &mut words);
    let known: BTreeSet<&str> = KNOWN.split(' ').chain(SAYS_NOTHING.split(' ')).collect();
    let unknown: Vec<&String> = words.iter().filter(|word| !known.contains(word.as_str())).collect();
    assert!(unknown.is_empty(), "teach shape.rs: {unknown:?}");
}

fn gather(schema: &Json, words: &mut BTreeSet<String>) {
    let Some(map) = schema.as_object() else { return };
    for (word, value) in map {
        words.insert(word.clone());
        match word.as_str() {
            "properties" | "$defs" => {
                value.as_object().unwrap().values().for_each(|schema| gather(schema, words));
            }
            "anyOf" | "oneOf" => value.as_array().unwrap().iter().for_each(|schema| gather(schema, words)),
            "items" | "additionalProperties" | "propertyNames" => gather(value, words),
            _ => {}
        }
    }
}

#[test]
fn a_role_that_cannot_be_extended_says_so_and_so_does_one_that_is_extended_too_often() {
    let faults = |wrong: &str, right: &str| {
        let read = read(WHOLE.replace(right, wrong).as_bytes(), shortest());
        read.unwrap_err().faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let session = faults("session, max_extensions: 1,", "session,");
    let but_sessions = "max_extensions: is for roles of kind `user` or `role` or `permission_set` or `group`";
    assert!(session.contains(but_sessions), "{session}");
    let often = faults("max_extensions: 21", "max_extensions: 2");
    assert!(often.contains("21 is too many: 20 at most"), "{often}");
}

#[test]
fn a_door_takes_only_what_is_its_own() {
    let faults = |wrong: &str| {
        let whole = WHOLE.replace("door: claim, delivery: claim, claim_within: 25m,", wrong);
        let read = read(whole.as_bytes(), shortest());
        read.unwrap_err().faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let mailed = faults("door: claim, delivery: email,");
    assert!(mailed.contains("roles.Sealed.delivery: cannot be `email`"), "{mailed}");
    let principals = faults(r#"door: account_access, principals: ["arn:aws:iam::111122223333:user/x"],"#);
    assert!(principals.contains("principals: is only for roles with `door: assume_role`"), "{principals}");
    let delivered = faults("door: account_access, delivery: claim,");
    assert!(delivered.contains("delivery: is only for roles with `door: claim`"), "{delivered}");
    let shut = faults("door: window,");
    assert!(shut.contains("roles.Sealed.door"), "{shut}");
}

#[test]
fn a_claimed_session_may_outlast_an_hour_and_how_long_it_may_be_claimed_is_checked() {
    const CLAIMED: &str = "delivery: claim, claim_within: 20m,";
    const HOUR: &str = r#"{"Statement": []}', max_duration: 1h}"#;
    let faults = |delivery: &str| {
        let whole = WHOLE.replace(CLAIMED, delivery).replace(HOUR, &HOUR.replace("1h}", "8h}"));
        let found = read(whole.as_bytes(), shortest()).unwrap_err();
        found.faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert!(!faults(CLAIMED).contains("too long"), "{}", faults(CLAIMED));
    assert!(faults("").contains("8h is too long for a role of kind `session`"), "{}", faults(""));
    let soon = faults("delivery: claim, claim_within: 1m,");
    assert!(soon.contains("1m is too short: 5m at least"), "{soon}");
    let mailed = faults("delivery: email, claim_within: 20m,");
    assert!(mailed.contains("is only for roles with `delivery: claim`"), "{mailed}");
    let post = faults("delivery: post,");
    assert!(post.contains("should be `email` or `claim`"), "{post}");
}

#[test]
fn a_name_that_is_a_duration_or_a_variable_is_warned_of() {
    let whole = WHOLE
        .replace("project: payments", r#"project: "${TEAM}-payments""#)
        .replace("    Logs:\n", "    2h:\n");
    let found = read(whole.as_bytes(), shortest()).unwrap_err();
    let warnings = found.warnings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(warnings.contains("`${TEAM}-payments` is a text here: no variable is filled in"), "{warnings}");
    assert!(warnings.contains("roles.2h: looks like a duration"), "{warnings}");
}
