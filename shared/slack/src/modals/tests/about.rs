//! The forms in which approvers decide.

use domain::job::MessageRef;
use domain::request::Ask;
use domain::{
    ChannelId, GrantDuration, ProjectName, Request, RequestId, RoleName, SlackUserId, Status, UnixSeconds,
};
use serde_json::Value;
use testkit::slack::view_problems;

use super::super::{About, approve_shorter, deny_reason, extend, review_note};

fn about() -> About {
    let message = MessageRef { channel: ChannelId::parse("C0APPROVALS").unwrap(), ts: "1.2".to_owned() };
    About::new(RequestId::parse(&"r".repeat(55)).unwrap(), Some(message))
}

fn asked(seconds: u32) -> Request {
    let ask = Ask {
        project: ProjectName::parse(&"*&".repeat(32)).unwrap(),
        role: RoleName::parse("ReadOnly").unwrap(),
        duration: domain::GrantDuration::from_seconds(seconds.into()).unwrap(),
        justification: None,
        requester_slack_id: SlackUserId::parse("U0DANA").unwrap(),
        requester_name: "dana".to_owned(),
        created_at: UnixSeconds(7),
        idempotency_key: "i".to_owned(),
    };
    Request::new(about().request_id, ask)
}

fn taken(form: &Value) -> String {
    let problems = view_problems(form);
    assert!(problems.is_empty(), "{problems:?}: {form:#}");
    assert!(form.get("submit").is_none() || About::of(form).unwrap().request_id == about().request_id);
    format!("{form:#}")
}

#[test]
fn forms_of_extensions_and_of_reviews_as_slack_takes_them() {
    let of = |text| GrantDuration::parse(text).unwrap();
    taken(&extend::opening(&about()));
    taken(&review_note::opening(&about()));
    taken(&deny_reason::opening(&About { extension: Some(u32::MAX), ..about() }));
    let mut live = asked(7_200);
    live.status = Status::Active;
    for ends_at in [None, Some(UnixSeconds(7)), Some(UnixSeconds(3_600)), Some(UnixSeconds(31_536_000))] {
        live.access.expires_at = ends_at;
        for longest in ["10s", "1h", "365d"] {
            let form = extend::filled(&live, &about(), of("15m"), of(longest), UnixSeconds(7));
            assert_eq!(view_problems(&form), [""; 0], "{form:#}");
        }
    }
    for why in [String::new(), "<&>`*".repeat(2_000)] {
        let form = extend::cannot(if why.is_empty() { "No." } else { &why });
        assert_eq!(view_problems(&form), [""; 0], "{form:#}");
    }
}

#[test]
fn each_form_as_slack_takes_it() {
    let shortest = GrantDuration::parse("15m").unwrap();
    insta::assert_snapshot!("deny_reason", taken(&deny_reason::opening(&about())));
    insta::assert_snapshot!("approve_shorter_opening", taken(&approve_shorter::opening(&about())));
    insta::assert_snapshot!(
        "approve_shorter",
        taken(&approve_shorter::filled(&asked(7_200), None, &about(), shortest))
    );
    let nothing = taken(&approve_shorter::filled(&asked(900), None, &about(), shortest));
    assert!(nothing.contains("nothing shorter can be granted"), "{nothing}");
    let mut decided = asked(7_200);
    decided.status = Status::Denied;
    let over = taken(&approve_shorter::filled(&decided, None, &about(), shortest));
    assert!(over.contains("not waiting for a decision"), "{over}");
}
