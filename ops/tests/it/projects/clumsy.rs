//! `projects apply` of files as people write, copy and save them: what can mean one thing is taken, and the rest is answered
//! with what would be right, at its line.

use super::{apply, names};
use crate::stage::Stage;

const FILE: &str = "project: payments
owner_slack_id: U0OWNER
roles:
  ReadOnly:
    kind: user
    policy_arns: [arn:aws:iam::aws:policy/ReadOnlyAccess]
    max_duration: 8h
";

/// The file with one text in place of another.
fn with(text: &str, other: &str) -> String {
    let changed = FILE.replacen(text, other, 1);
    assert_ne!(changed, FILE, "{text}");
    changed
}

/// The file with a line more in the project, which is its third one.
fn and(line: &str) -> String {
    with("roles:\n", &format!("{line}\nroles:\n"))
}

/// The file with a line more in the role, which is its eighth one.
fn and_in_role(line: &str) -> String {
    format!("{FILE}    {line}\n")
}

#[tokio::test]
async fn what_editors_and_programs_add_changes_nothing() {
    for text in [
        format!("\u{FEFF}{FILE}"),
        FILE.replace('\n', "\r\n"),
        FILE.replace('\n', "\r"),
        format!("---\n{FILE}...\n"),
        format!("%YAML 1.1\n---\n{FILE}"),
        with("ReadOnlyAccess]", "ReadOnlyAccess,]"),
        with("U0OWNER", "U0OWNER # Olivia"),
        with("kind: user", "kind: user\t"),
        with("kind:", "\"kind\" :"),
        with("8h", "P1D"),
        with("8h", "PT8H"),
        with("8h", "½ day"),
        and("allow_self_approval: True"),
    ] {
        let stage = Stage::new().await;
        let ran = apply(&stage, &text).await;
        assert!(ran.status == 0 && ran.err.is_empty(), "{text}: {}", ran.shown());
        assert_eq!(names(&stage).await, ["payments"], "{text}");
    }
}

/// Each has its line, and words that say what to write.
#[tokio::test]
async fn what_is_wrong_is_answered_with_what_would_be_right() {
    let policy = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let cases: Vec<(String, usize, &str)> = vec![
        // What YAML itself refuses.
        (with("U0OWNER", "@olivia"), 2, "begins with this character in quotes"),
        (with("payments", "%PROJECT%"), 1, "begins with this character in quotes"),
        (
            and_in_role("inline_policy: {Statement: {Effect: Allow, Action: s3:*, Resource: *}}"),
            8,
            "begins with * or & in quotes",
        ),
        (with("payments", "\"C:\\dev\""), 1, "a backslash begins an escape"),
        (with("kind: user", "kind:user"), 6, "a colon needs a space after it"),
        (with("payments", "pay: ments"), 1, "a colon and a space in it needs quotes"),
        (with("kind: user", "kind:\tuser"), 5, "this line has a tab"),
        (with("    kind", "\tkind"), 5, "indented with a tab"),
        (
            with("    kind: user\n", "<<<<<<< HEAD\n    kind: user\n=======\n>>>>>>> other\n"),
            5,
            "a merge that Git left",
        ),
        // Names and keys that look right.
        (with("payments", "“payments”"), 1, "write `payments`"),
        (with("payments", "‘payments’"), 1, "write `payments`"),
        (with("payments", "\u{202E}payments"), 1, "`\\u{202e}payments`"),
        (
            with("max_duration", "max_\u{200B}duration"),
            7,
            "max_\\u{200b}duration: is no field here; did you mean `max_duration`",
        ),
        (with("owner_slack_id", "\u{A0}owner_slack_id"), 2, "did you mean `owner_slack_id`"),
        (with("max_duration", "max-duration"), 7, "did you mean `max_duration`"),
        (with("max_duration", "maxDuration"), 7, "did you mean `max_duration`"),
        (with("policy_arns", "policy_arn"), 6, "did you mean `policy_arns`"),
        (and_in_role("break-glass: {for: [S0ONCALL], max_duration: 1h}"), 8, "did you mean `break_glass`"),
        (and("approvers: [U0OWNER]"), 3, "did you mean `approver_slack_ids`"),
        // Ids as they are copied.
        (with("U0OWNER", "<@U0OWNER>"), 2, "write `U0OWNER`"),
        (with("U0OWNER", "\"<@U0OWNER|olivia>\""), 2, "write `U0OWNER`"),
        (with("U0OWNER", "U0OWNER,"), 2, "write `U0OWNER`"),
        (with("U0OWNER", "u0owner"), 2, "write `U0OWNER`"),
        (with("U0OWNER", "\"U0OWNER \""), 2, "write `U0OWNER`"),
        (with("U0OWNER", "U0OWNER\u{200B}"), 2, "`U0OWNER\\u{200b}` is not a Slack user id"),
        (with("U0OWNER", "https://acme.slack.com/team/U0OWNER"), 2, "write `U0OWNER`"),
        (and("channel: \"<#C0APPROVALS|approvals>\""), 3, "write `C0APPROVALS`"),
        (and("channel: https://acme.slack.com/archives/C0APPROVALS"), 3, "write `C0APPROVALS`"),
        (and("approver_slack_ids: [\"<!subteam^S0LEADS|@leads>\"]"), 3, "write `S0LEADS`"),
        // ARNs as they are copied.
        (
            with(policy, "\"arn:aws:iam:: aws:policy/ReadOnlyAccess\""),
            6,
            "write `arn:aws:iam::aws:policy/ReadOnlyAccess`",
        ),
        (with(policy, "arn:aws:iam::aws:policy/ReadOnlyAccess\u{A0}"), 6, "ReadOnlyAccess\\u{a0}` is not"),
        (
            with(policy, "arn:aws:iam::aws:policy/\u{200B}ReadOnlyAccess"),
            6,
            "policy/\\u{200b}ReadOnlyAccess` is not",
        ),
        (
            and("account_role_arn: arn:aws:iam::111122223333:role/keylease")
                .replace(policy, "arn:aws-cn:iam::aws:policy/X"),
            7,
            "of the partition aws-cn, and `arn:aws:iam::111122223333:role/keylease` on line 3 is of aws",
        ),
        (
            with(policy, "arn:aws:iam::aws:policy/X, arn:aws-us-gov:iam::aws:policy/Y"),
            6,
            "of the partition aws-us-gov, and `arn:aws:iam::aws:policy/X` on line 6",
        ),
        // Values of another type.
        (and("allow_self_approval: yes"), 3, "is the text `yes`, and should be true or false; write true"),
        (and("allow_self_approval: \"False\""), 3, "write false"),
        (and_in_role("approvals_required: \"1\""), 8, "leave the quotes out"),
        (and("approver_slack_ids: U0OWNER, U0SECOND"), 3, "should be a list: `[U0OWNER, U0SECOND]`"),
        (with("[arn:aws:iam::aws:policy/ReadOnlyAccess]", policy), 6, "should be a list: `[arn:aws:"),
        (with("8h", "P1M"), 7, "count in weeks or days"),
    ];
    let stage = Stage::new().await;
    for (text, line, right) in cases {
        let ran = apply(&stage, &text).await;
        let at = format!("stdin:{line}: ");
        let told = ran.err.lines().any(|told| told.starts_with(&at) && told.contains(right));
        assert!(ran.status == 1 && told, "{at}{right}\n{text}\n{}", ran.shown());
    }
    assert!(names(&stage).await.is_empty());
}

/// The file is right, and may not be meant.
#[tokio::test]
async fn what_counts_as_left_out_is_told() {
    for (text, line, what) in [
        (and("channel: #approvals"), 3, "`channel` has no value, so it counts as left out"),
        (and("approver_slack_ids:\n"), 3, "`approver_slack_ids` has no value"),
        (and_in_role("approvals_required: # 2"), 8, "`approvals_required` has no value"),
        (
            and("requester_slack_ids: []"),
            3,
            "requester_slack_ids: names nobody, so it counts as left out: everybody may ask",
        ),
        (
            and("approver_slack_ids: []"),
            3,
            "approver_slack_ids: names nobody, so it counts as left out: the owner alone approves",
        ),
        (and_in_role("requester_slack_ids: []"), 8, "roles.ReadOnly.requester_slack_ids: names nobody"),
    ] {
        let stage = Stage::new().await;
        let ran = apply(&stage, &text).await;
        let warning = format!("stdin:{line}: warning: {what}");
        assert!(ran.status == 0 && ran.err.contains(&warning), "{warning}\n{}", ran.shown());
        assert_eq!(ran.err.matches("warning").count(), 1, "{}", ran.shown());
    }
    let stage = Stage::new().await;
    let ran = apply(&stage, &with("8h", "")).await;
    assert!(ran.status == 1 && !ran.err.contains("warning"), "a fault says it already: {}", ran.shown());
}

#[tokio::test]
async fn a_file_that_is_no_utf_8_says_how_it_was_saved() {
    let stage = Stage::new().await;
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("clumsy");
    std::fs::create_dir_all(&folder).unwrap();
    let utf_16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(FILE.encode_utf16().flat_map(bytes)).collect()
    };
    for (name, bytes, says) in [
        ("le.yaml", utf_16([0xFF, 0xFE], u16::to_le_bytes), "le.yaml:1: the file is UTF-16"),
        ("be.yaml", utf_16([0xFE, 0xFF], u16::to_be_bytes), "be.yaml:1: the file is UTF-16"),
        (
            "latin.yaml",
            [FILE.as_bytes(), b"  \xDCbersicht: {}\n"].concat(),
            "latin.yaml:8: this line is not UTF-8",
        ),
        ("packed.yaml", vec![0x1F, 0x8B, 8, 0], "packed.yaml:1: this line is not UTF-8"),
    ] {
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        let ran = stage.keylease(&["projects", "apply", "-f", path.to_str().unwrap()]).await;
        assert!(ran.status == 1 && ran.err.contains(says), "{says}: {}", ran.shown());
    }
    let ran = stage.keylease(&["projects", "apply", "-f", folder.to_str().unwrap()]).await;
    assert!(ran.status == 1 && ran.err.contains("cannot be read"), "a folder: {}", ran.shown());
    assert!(names(&stage).await.is_empty());
}
