//! What a wrong command line and a missing variable say.

use crate::stage::Stage;

#[tokio::test]
async fn a_wrong_command_line_ends_with_2() {
    let stage = Stage::new().await;
    for wrong in [&["grant"][..], &["grants", "revoke"], &["grants", "show"], &["dlq", "drop", "revoke"]] {
        let ran = stage.keylease(wrong).await;
        assert_eq!((ran.status, ran.out.as_str()), (2, ""), "{wrong:?}: {}", ran.err);
        assert!(ran.err.starts_with("error:"), "{wrong:?}: {}", ran.err);
    }
}

#[tokio::test]
async fn help_and_completions_are_results() {
    let stage = Stage::new().await;
    for line in [&["--help"][..], &["dlq", "replay", "--help"], &["completions", "bash"], &["--version"]] {
        let ran = stage.keylease(line).await;
        assert_eq!((ran.status, ran.err.as_str()), (0, ""), "{line:?}");
        assert!(ran.out.contains("keylease"), "{line:?}");
    }
}
