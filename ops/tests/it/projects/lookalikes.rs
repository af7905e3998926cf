//! What YAML reads otherwise than it looks is a warning with its line, and the file is applied.

use super::file;
use crate::stage::Stage;

const FILE: &str = r#"projects:
  - project: on
    owner_slack_id: U0OWNER
    channel: ~
    roles:
      no:
        kind: user
        max_duration: 1h
        inline_policy:
          Statement:
            - Effect: Allow
              Action: "s3:GetObject"
              Resource: "*"
              Condition: {StringEquals: {"aws:PrincipalAccount": 012345678901}}
"#;

#[tokio::test]
async fn each_is_named_by_its_line() {
    let stage = Stage::new().await;
    let path = file("lookalikes", "projects.yaml", FILE);
    let ran = stage.keylease(&["projects", "apply", "-f", path.to_str().unwrap()]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    for (line, what) in [(2, "`on`"), (4, "`~`"), (6, "`no`"), (14, "`012345678901`")] {
        let warning = format!("projects.yaml:{line}: warning: {what}");
        assert!(ran.err.contains(&warning), "{warning}: {}", ran.err);
    }
    assert_eq!(ran.err.matches("warning").count(), 4, "{}", ran.err);
    let quoted = FILE
        .replace(" on\n", " \"on\"\n")
        .replace("no:", "\"no\":")
        .replace("012345678901", "\"012345678901\"");
    let path = file("lookalikes", "quoted.yaml", &quoted.replace("    channel: ~\n", ""));
    let ran = stage.keylease(&["projects", "apply", "-f", path.to_str().unwrap()]).await;
    assert!(!ran.err.contains("warning"), "{}", ran.err);
}
