//! People and projects are found by whatever people and Slack call them.

use super::*;

fn known() -> Directory {
    let mut known = Directory::default();
    for (project, id, name, email) in [
        ("payments", "U0DANA", "dana", Some("dana@example.com")),
        ("payments", "U0DANA", "Dana Diaz", None),
        ("Payments", "U0SECOND", "sam", None),
        ("Data Lake", "U0THIRD", "Sam", None),
    ] {
        let request = serde_json::json!({
            "request_id": "r-0", "status": "ACTIVE", "project": project, "role": "r", "duration_seconds": 60,
            "requester_slack_id": id, "requester_name": name, "requester_email": email, "created_at": 1,
            "history": [{"at": 1, "event": "ask", "to": "PENDING", "by": "operator:alice"}]
        });
        known.add_request(&serde_json::from_value(request).unwrap());
    }
    known
}

#[test]
fn people_are_found_by_whatever_people_and_slack_call_them() {
    for typed in [
        "U0DANA",
        "u0dana",
        " <@U0DANA> ",
        "<@U0DANA|dana>",
        "dana (U0DANA)",
        "U0DANA,",
        "`U0DANA`",
        "U0\u{200B}DANA",
        "“@dana”",
        "@dana",
        "dana",
        "Dana",
        "@Dana  Diaz",
        "dana@example.com",
        "DANA@example.com",
        "<mailto:dana@example.com|dana@example.com>",
    ] {
        assert_eq!(known().person(typed), Ok(ids(&["U0DANA"])), "{typed}");
    }
    for typed in ["operator:alice", "alice"] {
        assert_eq!(known().person(typed), Ok(ids(&["operator:alice"])));
    }
    for typed in ["sam", "@Sam", "U0NOBODY", "<@U0NOBODY>", "@", "<>", "dan"] {
        assert!(known().person(typed).is_err(), "{typed}");
    }
}

fn ids(ids: &[&str]) -> BTreeSet<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn a_person_with_two_ids_is_one_where_slack_gave_the_same_address() {
    let mut known = known();
    for (id, email) in [("W0DANA", Some("Dana@example.com")), ("U0OTHER", None)] {
        let request = serde_json::json!({
            "request_id": "r-1", "status": "ACTIVE", "project": "payments", "role": "r", "duration_seconds": 60,
            "requester_slack_id": id, "requester_name": "dana2", "requester_email": email, "created_at": 1,
        });
        known.add_request(&serde_json::from_value(request).unwrap());
    }
    for typed in ["U0DANA", "w0dana", "<@W0DANA>", "dana@example.com", "dana"] {
        assert_eq!(known.person(typed), Ok(ids(&["U0DANA", "W0DANA"])), "{typed}");
    }
    assert!(known.person("dana2").is_err(), "two people are called that");
    let both = Filter { person: known.person("U0DANA").ok(), ..Filter::default() };
    let by = |id: &str| Actor::parse(id).unwrap();
    assert!(both.wants_actor(Some(&by("W0DANA"))) && !both.wants_actor(Some(&by("U0OTHER"))));
    assert!(!both.wants_actor(None) && Filter::default().wants_actor(None));
}

#[test]
fn projects_are_found_as_people_read_them() {
    for (typed, name) in [
        ("payments", "payments"),
        ("Payments", "Payments"),
        ("data  lake", "Data Lake"),
        ("`Data Lake`", "Data Lake"),
        ("“data lake”", "Data Lake"),
        ("Data\u{A0}Lake", "Data Lake"),
    ] {
        assert_eq!(known().project(typed).map(|found| found.to_string()).as_deref(), Ok(name), "{typed}");
    }
    // Two are read as the same, and neither is exactly this.
    for typed in ["PAYMENTS", "nowhere", ""] {
        assert!(known().project(typed).is_err(), "{typed}");
    }
}
