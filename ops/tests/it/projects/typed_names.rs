//! Names that people could not type, or not tell apart, are refused when the catalogue is applied.

use super::{apply, names, small};
use crate::stage::Stage;

#[tokio::test]
async fn names_that_cannot_be_typed_are_refused_with_what_would_be_right() {
    let stage = Stage::new().await;
    for (name, right) in [
        ("Data\u{A0}Lake", "write `Data Lake`"),
        ("Data Lake\u{A0}", "write `Data Lake`"),
        ("\u{3000}Data Lake", "write `Data Lake`"),
        ("Data  Lake", "write `Data Lake`"),
        ("pay\u{200B}ments", "write `payments`"),
        ("payments\u{FEFF}", "write `payments`"),
        ("\\\"\\\"", "visible characters"),
        ("@", "visible characters"),
    ] {
        let shown = apply(&stage, &small(name)).await.shown();
        assert!(shown.contains("stdin:1: project:") && shown.contains(right), "{name:?}: {shown}");
        assert!(shown.contains("status 1"), "{shown}");
    }
    assert!(names(&stage).await.is_empty());
}

#[tokio::test]
async fn names_that_people_cannot_tell_apart_are_refused() {
    let stage = Stage::new().await;
    for (one, other, how) in [
        ("payments", "Payments", "differs only in case from"),
        ("Übersicht", "ÜBERSICHT", "differs only in case from"),
        ("Café", "Cafe\u{301}", "looks like"),
        ("Straße", "STRASSE", "looks like"),
        ("#ops", "ops", "looks like"),
        ("it's", "it’s", "looks like"),
    ] {
        let text = format!("[{},\n{}]", small(one), small(other));
        let shown = apply(&stage, &text).await.shown();
        assert!(shown.contains("stdin:2: project:") && shown.contains(how), "{one} {other}: {shown}");
    }
    assert!(names(&stage).await.is_empty());
}

/// The same of a record that the table has and the file has not.
#[tokio::test]
async fn a_name_that_looks_like_one_in_the_table_is_noted() {
    for (in_table, in_file, how) in [
        ("Cafe\u{301}", "Café", "looks like"),
        ("STRASSE", "Straße", "looks like"),
        ("payments", "Payments", "differs only in case from"),
    ] {
        let stage = Stage::new().await;
        stage.put_project(&serde_json::from_str(&small(in_table)).unwrap()).await;
        let shown = apply(&stage, &small(in_file)).await.shown();
        let note = format!("note: {in_file} {how} {in_table}, which the table has");
        assert!(shown.contains(&note) && shown.contains("status 0"), "{note}: {shown}");
    }
}

#[tokio::test]
async fn durations_are_read_as_people_write_them() {
    let stage = Stage::new().await;
    for written in ["90 min", "2 hours", "1 hour and 30 minutes", "1.5h", "an hour", "1 day", "1 week", "2H"]
    {
        let shown = apply(&stage, &small("payments").replace("1h", written)).await.shown();
        assert!(shown.contains("status 0"), "{written}: {shown}");
    }
    for written in ["90", "1h30", "1 month", "1:30", "soon"] {
        let shown = apply(&stage, &small("payments").replace("1h", written)).await.shown();
        assert!(shown.contains("max_duration") && shown.contains("status 1"), "{written}: {shown}");
    }
}
