//! Commands as people type them.

use super::*;
use crate::ids::ProjectName;
use crate::project::Project;

fn read(text: &str) -> (String, String, String, String) {
    let read = in_order(text).unwrap();
    (read.project, read.role, read.duration, read.why.unwrap_or_default())
}

fn all(project: &str, role: &str, duration: &str, why: &str) -> (String, String, String, String) {
    (project.into(), role.into(), duration.into(), why.into())
}

#[test]
fn parts_may_be_divided_by_signs() {
    for text in [
        "payments / ReadOnly / 2h / fix it",
        "payments | ReadOnly | 2h | fix it",
        "payments - ReadOnly - 2h - fix it",
        "payments – ReadOnly – 2 hours – fix it",
        "payments → ReadOnly → 2h → fix it",
        "payments,ReadOnly,2h,fix it",
        "payments;ReadOnly;2h;fix it",
    ] {
        let read = in_order(text).unwrap();
        assert_eq!((&*read.project, &*read.role, &*read.duration), ("payments", "ReadOnly", "2h"), "{text}");
        assert_eq!(read.why.as_deref(), Some("fix it"), "{text}");
    }
}

#[test]
fn the_documented_order_needs_no_catalogue() {
    for (text, duration, why) in [
        ("  payments ReadOnly 2h looking into a bug", "2h", "looking into a bug"),
        ("payments ReadOnly 2h", "2h", ""),
        ("payments ReadOnly 2h ", "2h", ""),
        ("payments ReadOnly 1h 30m fix the ledger", "1h30m", "fix the ledger"),
        ("payments ReadOnly 2 hours because of a bug", "2h", "because of a bug"),
        ("payments ReadOnly for 2h", "2h", ""),
        ("payments ReadOnly 2h, a bug", "2h", "a bug"),
        ("payments ReadOnly 2h: a bug", "2h", "a bug"),
        ("payments ReadOnly 2h - a bug", "2h", "a bug"),
        ("payments ReadOnly 2h - 3h of logs are lost", "2h", "3h of logs are lost"),
        ("• payments ReadOnly 2h", "2h", ""),
        ("payments ReadOnly 2h -1 is wrong", "2h", "-1 is wrong"),
        ("payments, ReadOnly, 2h", "2h", ""),
        ("payments,ReadOnly,2h", "2h", ""),
        ("payments, ReadOnly, 1,5h, a bug", "1h30m", "a bug"),
        ("payments\u{A0}ReadOnly\u{3000}2h", "2h", ""),
        ("\"payments\" 'ReadOnly' “2 hours” a bug", "2h", "a bug"),
        ("`payments` `ReadOnly` `2h`", "2h", ""),
        ("`payments ReadOnly 2h looking into a bug`", "2h", "looking into a bug"),
        ("“payments ReadOnly 2h”", "2h", ""),
        ("payments ReadOnly 2h  see:\n  - one\n  - two", "2h", "see:\n  - one\n  - two"),
        ("payments ReadOnly 1h 30 servers down", "1h", "30 servers down"),
        ("payments ReadOnly half an hour to look", "30m", "to look"),
    ] {
        assert_eq!(read(text), all("payments", "ReadOnly", duration, why), "{text}");
    }
    assert_eq!(read("“Data Lake” „Read Only‟ 2h").0, "Data Lake");
    assert_eq!(read("'Dana's lake' ReadOnly 2h").0, "Dana's lake");
    assert_eq!(read("\"Data ReadOnly 2h").0, "\"Data", "a quote that nothing closes is no quote");
}

#[test]
fn what_is_no_duration_is_kept_as_it_was_typed() {
    for (text, duration, why) in [
        ("payments ReadOnly soon because", "soon", "because"),
        ("payments ReadOnly 1h 30", "1h 30", ""),
        ("payments ReadOnly 30m 1h fix", "30m 1h", "fix"),
        ("payments ReadOnly 2h or 3h please", "2h or 3h", "please"),
        ("payments ReadOnly 2h - 3h", "2h - 3h", ""),
        ("payments ReadOnly 1h – 30 minutes", "1h – 30 minutes", ""),
        ("payments ReadOnly 2", "2", ""),
        ("payments ReadOnly 2 months please", "2 months", "please"),
    ] {
        assert_eq!(read(text), all("payments", "ReadOnly", duration, why), "{text}");
    }
    for text in [
        "",
        "payments",
        "payments ReadOnly",
        "payments ReadOnly ,",
        "\"Data Lake\" ReadOnly",
        "payments 90 min",
        "project: payments role: ReadOnly",
        "project=payments role= duration=2h",
        "role=ReadOnly duration=2h",
    ] {
        assert_eq!(in_order(text), None, "{text}");
    }
}

fn projects() -> Vec<Project> {
    [
        r#"{"project": "payments", "owner_slack_id": "U0OWNER", "roles": {
            "ReadOnly": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"},
            "Power User": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"}}}"#,
        r#"{"project": "Data Lake", "owner_slack_id": "U0OWNER", "roles": {
            "ReadOnly": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"},
            "lake": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"}}}"#,
        r#"{"project": "ReadOnly", "owner_slack_id": "U0OWNER", "roles": {
            "payments": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"}}}"#,
    ]
    .map(|project| serde_json::from_str(project).unwrap())
    .to_vec()
}

#[test]
fn names_decide_where_the_order_does_not() {
    for (text, project, role, duration, why) in [
        ("Data Lake ReadOnly 2h", "Data Lake", "ReadOnly", "2h", ""),
        ("data  lake readonly for 2 hours, a bug", "Data Lake", "ReadOnly", "2h", "a bug"),
        ("\"Data Lake\" ReadOnly 2h", "Data Lake", "ReadOnly", "2h", ""),
        ("`Data Lake` lake 2h", "Data Lake", "lake", "2h", ""),
        ("Power User payments 2h a bug", "payments", "Power User", "2h", "a bug"),
        ("2h payments Power User a bug", "payments", "Power User", "2h", "a bug"),
        ("2 hours Power User on payments", "payments", "Power User", "2h", ""),
        ("Power User on payments for 1h 30m: a bug", "payments", "Power User", "1h30m", "a bug"),
        ("I need access to payments as Power User for an hour", "payments", "Power User", "1h", ""),
        ("payments 2h Power User fix it", "payments", "Power User", "2h", "fix it"),
        // Both ways name something: the documented order is the one that counts.
        ("payments ReadOnly 2h", "payments", "ReadOnly", "2h", ""),
        ("ReadOnly payments 2h", "ReadOnly", "payments", "2h", ""),
        ("@payments, #ReadOnly, 2h", "payments", "ReadOnly", "2h", ""),
    ] {
        let read = interpret(text, &projects()).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        let spelt = (read.project.as_str(), read.role.as_str(), read.duration.compact());
        assert_eq!(spelt, (project, role, duration.to_owned()), "{text}");
        assert_eq!(read.why.unwrap_or_default(), why, "{text}");
    }
    for text in
        ["payments ReadOnly", "payments Root 2h", "nowhere ReadOnly 2h", "payments ReadOnly 1h 30", ""]
    {
        assert_eq!(interpret(text, &projects()), Err(Vec::new()), "{text}");
    }
    // Two readings, neither in the documented order.
    let several = interpret("2h payments ReadOnly", &projects()[..1]).unwrap();
    assert_eq!(several.project.as_str(), "payments");
    assert_eq!(interpret("2h payments ReadOnly", &projects()).unwrap_err().len(), 2);
}

#[test]
fn what_was_understood_is_known_also_of_a_command_that_is_not() {
    let understood = |text: &str| {
        let partial = partial(text, &projects()).unwrap();
        let role = partial.role.map(|role| role.to_string()).unwrap_or_default();
        let duration = partial.duration.map(GrantDuration::compact).unwrap_or_default();
        (partial.project.to_string(), role, duration, partial.rest)
    };
    assert_eq!(understood("Data Lake Root 2h"), all("Data Lake", "", "2h", "Root"));
    assert_eq!(understood("payments Power User soon"), all("payments", "Power User", "", "soon"));
    assert_eq!(understood("Root on Data Lake for 2h"), all("Data Lake", "", "2h", "Root on"));
    assert_eq!(partial("nowhere Root 2h", &projects()), None);
}

#[test]
fn projects_that_may_be_named_are_found() {
    let names: Vec<ProjectName> = projects().into_iter().map(|project| project.project).collect();
    let found = named("data lake readonly 2h", &names);
    assert_eq!(found.iter().map(|name| name.as_str()).collect::<Vec<_>>(), ["Data Lake", "ReadOnly"]);
    assert!(named("nothing 2h", &names).is_empty());
}

proptest::proptest! {
    #[test]
    fn any_command_is_answered(text in "([“\"'`a-z0-9,;.-]{0,5}[ \u{A0}\n]?(payments|Data Lake|2h|for|ReadOnly)?[” ,'])*") {
        let (_, _, _) = (in_order(&text), interpret(&text, &projects()), partial(&text, &projects()));
    }

    #[test]
    fn any_text_is_answered_too(text in proptest::prelude::any::<String>()) {
        let (_, _, _) = (in_order(&text), interpret(&text, &projects()), partial(&text, &projects()));
    }
}

#[test]
fn labels_say_which_part_is_which() {
    for (text, why) in [
        ("project=payments role=ReadOnly duration=2h", ""),
        ("project=payments role=ReadOnly duration=2h reason=fix it", "fix it"),
        ("project: payments role: ReadOnly duration: 2 hours", ""),
        ("project: payments, role: ReadOnly, for: 2h, why: fix it", "fix it"),
        ("Project = payments; Role = ReadOnly; Time = 2h; fix it", "fix it"),
        ("duration=2h role=ReadOnly project=payments", ""),
        ("role=ReadOnly project=payments 2h", ""),
        ("reason: \"fix it\" project: payments role: ReadOnly duration: 2h", "\"fix it\""),
        ("--project payments --role ReadOnly --duration 2h", ""),
        ("--project=payments --role=ReadOnly 2h fix it", "fix it"),
        ("-p payments -r ReadOnly -d 2h", ""),
        ("-p payments -r ReadOnly -t 2h", ""),
        ("—project payments —role ReadOnly —duration 2h", ""),
        ("project=payments ReadOnly 2h", ""),
        ("payments role=ReadOnly 2h fix it", "fix it"),
        ("payments role=ReadOnly duration=2h", ""),
        ("ReadOnly project=payments 2h", ""),
        ("project：payments role：ReadOnly duration：2h", ""),
        ("project=\"payments\" role=`ReadOnly` duration='2h' fix it", "fix it"),
        ("project=payments role=ReadOnly duration=2h the project: is broken", "the project: is broken"),
        ("payments ReadOnly 2h reason: fix it", "fix it"),
        ("payments ReadOnly 2h why: fix it", "fix it"),
    ] {
        assert_eq!(read(text), all("payments", "ReadOnly", "2h", why), "{text}");
        assert!(!is_as_documented(text) || text.starts_with("payments ReadOnly"), "{text}");
    }
    let lake = read("project=Data Lake role=Read Only duration=2h");
    assert_eq!(lake, all("Data Lake", "Read Only", "2h", ""));
    let bad = read("project=payments role=ReadOnly duration=soon");
    assert_eq!(bad, all("payments", "ReadOnly", "soon", ""));
    // A reason that looks like labels is a reason.
    for text in ["payments ReadOnly 2h the role: is missing", "payments ReadOnly 2h at time: 12:00"] {
        assert_eq!(in_order(text).unwrap().why.unwrap(), text.split_once("2h ").unwrap().1);
        assert!(is_as_documented(text));
    }
}

#[test]
fn quotes_may_enclose_the_request_without_its_reason() {
    for text in [
        "\"payments ReadOnly 2h\" fix it",
        "`payments ReadOnly 2h` fix it",
        "“payments ReadOnly 2h”, fix it",
        "`payments ReadOnly 2h`: fix it",
        "`payments ReadOnly 2h fix` it",
        "\"payments ReadOnly\" 2h fix it",
    ] {
        assert_eq!(read(text), all("payments", "ReadOnly", "2h", "fix it"), "{text}");
    }
    assert_eq!(read("\"Data Lake\" ReadOnly 2h fix it").0, "Data Lake");
}

#[test]
fn signs_may_join_a_project_and_a_role() {
    for text in [
        "payments->ReadOnly 2h fix it",
        "payments-->ReadOnly 2h fix it",
        "payments=>ReadOnly 2h fix it",
        "payments → ReadOnly 2h fix it",
        "payments/ReadOnly 2h fix it",
        "payments / ReadOnly 2h fix it",
        "payments:ReadOnly 2h fix it",
        "payments: ReadOnly 2h fix it",
        "payments::ReadOnly for 2h fix it",
        "payments|ReadOnly|2h fix it",
        "payments/ReadOnly/2h fix it",
    ] {
        let known = projects();
        let meaning = interpret(text, &known).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        assert_eq!((meaning.project.as_str(), meaning.role.as_str()), ("payments", "ReadOnly"), "{text}");
        assert_eq!(
            (meaning.duration.compact(), meaning.why.as_deref()),
            ("2h".into(), Some("fix it")),
            "{text}"
        );
        assert!(in_order(text).is_some(), "{text}");
    }
    let swapped = interpret("ReadOnly@Data Lake 2h", &projects()).unwrap();
    assert_eq!(swapped.project.as_str(), "Data Lake");
    // A sign is a part of a name where the catalogue has it so.
    let with_sign = |name: &str| -> Project {
        serde_json::from_value(serde_json::json!({"project": name, "owner_slack_id": "U0OWNER", "roles": {
            "ReadOnly": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"},
            "api": {"kind": "user", "policy_arns": ["a"], "max_duration": "8h"}}}))
        .unwrap()
    };
    let catalogue = [with_sign("payments"), with_sign("payments/api")];
    for text in ["payments/api/ReadOnly 2h", "payments/api ReadOnly 2h", "payments/api:ReadOnly 2h"] {
        let meaning = interpret(text, &catalogue).unwrap();
        assert_eq!((meaning.project.as_str(), meaning.role.as_str()), ("payments/api", "ReadOnly"), "{text}");
    }
    assert_eq!(interpret("payments/api 2h", &catalogue).unwrap().role.as_str(), "api");
    // A duration is never taken from the middle of something else.
    for text in ["payments/ReadOnly 1:30m", "payments/ReadOnly", "payments/ReadOnly/soon", "payments/2h"] {
        assert_eq!(interpret(text, &projects()), Err(Vec::new()), "{text}");
    }
}

#[test]
fn a_label_decides_also_where_the_names_could_be_the_other_way_round() {
    for text in [
        "role=payments project=ReadOnly duration=2h",
        "role: payments project: ReadOnly 2h",
        "payments project=ReadOnly 2h",
    ] {
        let meaning = interpret(text, &projects()).unwrap_or_else(|why| panic!("{text}: {why:?}"));
        assert_eq!((meaning.project.as_str(), meaning.role.as_str()), ("ReadOnly", "payments"), "{text}");
    }
    let lake = interpret("project=Data Lake role=ReadOnly 2h fix it", &projects()).unwrap();
    assert_eq!((lake.project.as_str(), lake.why.as_deref()), ("Data Lake", Some("fix it")));
    let power = interpret("duration=2h project=payments role=Power User", &projects()).unwrap();
    assert_eq!(power.role.as_str(), "Power User");
    let words = interpret("project payments role ReadOnly duration 2h", &projects()).unwrap();
    assert_eq!(words.role.as_str(), "ReadOnly");
    let partial = partial("project=payments role=Root duration=2h", &projects()).unwrap();
    assert_eq!((partial.project.as_str(), partial.role, partial.rest.as_str()), ("payments", None, "Root"));
}
