//! Who may decide, and whose approvals count.

use super::*;
use crate::status::Status;

fn person(id: &str) -> SlackUserId {
    SlackUserId::parse(id).unwrap()
}

fn ids(ids: &[&str]) -> Vec<SlackUserId> {
    ids.iter().map(|id| person(id)).collect()
}

fn people(looked_up: &[(&[&str], bool)]) -> People {
    looked_up.iter().map(|(all, is_active)| Person { ids: ids(all), is_active: *is_active }).collect()
}

fn request(approvals: &[&str]) -> Request {
    let record = serde_json::json!({
        "request_id": "r-0", "status": Status::Pending, "project": "payments", "role": "ReadOnly",
        "duration_seconds": 3_600, "requester_slack_id": "U0DANA", "created_at": 0, "approvals": approvals,
    });
    serde_json::from_value(record).unwrap()
}

/// Who counts when `by` approves, and who no longer does.
fn tally(
    approvers: &[&str],
    approvals: &[&str],
    by: &str,
    looked_up: &[(&[&str], bool)],
) -> Result<(Vec<String>, Vec<String>), Refused> {
    let (approvers, people) = (ids(approvers), people(looked_up));
    let rules = Rules { approvers: &approvers, self_approval_allowed: false, people: &people };
    let tally = rules.tally(&request(approvals), &person(by))?;
    let counted = tally.counted.iter().map(ToString::to_string).collect();
    Ok((counted, tally.void.iter().map(|(who, why)| format!("{who} {why:?}")).collect()))
}

#[test]
fn everybody_who_counts_is_listed_active_and_not_the_requester() {
    let here: (&[&str], bool) = (&["U0A"], true);
    let dana: (&[&str], bool) = (&["U0DANA"], true);
    let taken = |counted: &[&str], void: &[&str]| {
        let owned = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
        Ok((owned(counted), owned(void)))
    };
    let refused = |why| Err(Refused::NotCounted(why));
    let both = &["U0A", "U0B"];
    for (what, approvals, by, looked_up, expected) in [
        ("the first", &[][..], "U0A", &[here, dana][..], taken(&["U0A"], &[])),
        ("a stranger", &[], "U0X", &[dana, (&["U0X"], true)], refused(NotCounted::NotListed)),
        ("deactivated", &[], "U0A", &[dana, (&["U0A"], false)], refused(NotCounted::NotActive)),
        ("requester left", &[], "U0A", &[here, (&["U0DANA"], false)], Err(Refused::RequesterNotActive)),
        ("not looked up", &[], "U0A", &[here], Err(Refused::NotLookedUp(person("U0DANA")))),
        ("both", &["U0B"], "U0A", &[here, dana, (&["U0B"], true)], taken(&["U0B", "U0A"], &[])),
        (
            "the other left Slack",
            &["U0B"],
            "U0A",
            &[here, dana, (&["U0B"], false)],
            taken(&["U0A"], &["U0B NotActive"]),
        ),
        (
            "the other left the list",
            &["U0C"],
            "U0A",
            &[here, dana, (&["U0C"], true)],
            taken(&["U0A"], &["U0C NotListed"]),
        ),
        (
            "the other was not looked up",
            &["U0B"],
            "U0A",
            &[here, dana],
            Err(Refused::NotLookedUp(person("U0B"))),
        ),
        ("again", &["U0A"], "U0A", &[here, dana], taken(&["U0A"], &[])),
    ] {
        assert_eq!(tally(both, approvals, by, looked_up), expected, "{what}");
    }
}

#[test]
fn two_ids_of_one_person_are_one_person() {
    let dana: (&[&str], bool) = (&["U0DANA"], true);
    // Listed by the organisation's id, clicked by the workspace's.
    let counted = tally(&["W0A"], &[], "U0A", &[(&["U0A", "W0A"], true), dana]);
    assert_eq!(counted.unwrap().0, ["U0A"]);
    // Listed by the workspace's, clicked by the organisation's; the listed one was looked up.
    let counted = tally(&["U0A"], &[], "W0A", &[(&["W0A"], true), (&["U0A", "W0A"], true), dana]);
    assert_eq!(counted.unwrap().0, ["W0A"]);
    // One person does not count twice.
    let twice = tally(&["U0A", "U0B"], &["U0A"], "W0A", &[(&["W0A"], true), (&["U0A", "W0A"], true), dana]);
    assert_eq!(twice.unwrap().0, ["U0A"]);
    // The requester under another id approves their own.
    let own = tally(&["W0DANA"], &[], "W0DANA", &[(&["W0DANA"], true), (&["U0DANA", "W0DANA"], true)]);
    assert_eq!(own, Err(Refused::NotCounted(NotCounted::OwnRequest)));
    // Two workspaces' ids meet in the organisation's.
    let people = people(&[(&["U0A", "W0A"], true), (&["U1A", "W0A"], true), (&["U0B", "W0B"], true)]);
    assert!(people.same(&person("U0A"), &person("U1A")) && !people.same(&person("U0A"), &person("U0B")));
}

#[test]
fn those_who_were_asked_may_deny_when_the_project_is_gone() {
    let mut record = serde_json::to_value(request(&["U0C"])).unwrap();
    record["history"] = serde_json::json!([{"at": 0, "event": "ask", "to": "PENDING",
        "inputs": {"approvers": ["U0A", "U0B"]}}]);
    record["messages"] = serde_json::json!([
        {"message": {"channel": "D1", "ts": "1"}, "audience": {"approver": "U0B"}},
        {"message": {"channel": "D2", "ts": "2"}, "audience": {"approver": "U0D"}}]);
    let request: Request = serde_json::from_value(record).unwrap();
    assert_eq!(who_may_deny(&request, None), ids(&["U0A", "U0B", "U0D", "U0C"]));
}

/// A second click within the second of the first is one of its own; a second delivery of the first is not.
#[test]
fn a_click_is_told_from_another_in_the_same_second() {
    let click = |id: Option<&str>| Click {
        request_id: crate::RequestId::parse("r-0").unwrap(),
        user_id: person("U0OWNER"),
        clicked_at: Some(crate::UnixSeconds(7)),
        click_id: id.map(|id| crate::ClickId::parse(id).unwrap()),
        message: None,
        reason: None,
        submitted: None,
    };
    let taken = |recorded: serde_json::Value| {
        let mut record = serde_json::to_value(request(&["U0OWNER"])).unwrap();
        record["history"] = serde_json::json!([
            {"at": 7, "event": "approve", "by": "U0OWNER", "from": "PENDING", "to": "PENDING", "inputs": recorded}
        ]);
        serde_json::from_value::<Request>(record).unwrap()
    };
    let recorded = taken(serde_json::json!({"clicked_at": 7, "click_id": "7001"}));
    assert!(was_taken_in(&recorded, &click(Some("7001"))));
    assert!(!was_taken_in(&recorded, &click(Some("7002"))));
    assert!(was_taken_in(&recorded, &click(None)), "sent by an older program");
    let by_an_older_program = taken(serde_json::json!({"clicked_at": 7}));
    assert!(was_taken_in(&by_an_older_program, &click(Some("7001"))));
}

#[test]
fn a_role_is_offered_for_as_long_as_the_catalogue_has_it_so() {
    let project = |role: &str, longest: &str| -> Project {
        serde_json::from_value(serde_json::json!({
            "project": "payments", "owner_slack_id": "U0OWNER",
            "roles": { role: { "kind": "user", "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"], "max_duration": longest } }
        }))
        .unwrap()
    };
    let asked = request(&[]);
    let as_asked = project("ReadOnly", "1h");
    assert_eq!(
        offered(&asked, Some(&as_asked), asked.ask.duration).map(|(project, _)| project),
        Ok(&as_asked)
    );
    assert_eq!(offered(&asked, None, asked.ask.duration), Err(NotOffered::NoProject));
    assert_eq!(offered(&asked, Some(&project("Admin", "1h")), asked.ask.duration), Err(NotOffered::NoRole));
    let longest = GrantDuration::parse("59m").unwrap();
    assert_eq!(
        offered(&asked, Some(&project("ReadOnly", "59m")), asked.ask.duration),
        Err(NotOffered::TooLong { longest })
    );
}
