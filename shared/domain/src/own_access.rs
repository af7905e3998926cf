//! Which of their grants somebody means who wants one ended, without a button.
//!
//! The job may come twice, and what they have may have changed in between. So only what was live when they asked counts,
//! and what names no single grant for ever is taken for one only while it is fresh: of two grants that were live, one may
//! be over by the time the job comes again, and the other was not meant.

use crate::names::fold;
use crate::request::Request;
use crate::time::UnixSeconds;

/// For so many seconds after somebody asked, the only grant that fits is the one that was meant. A job that comes again
/// from a worker that died comes later.
pub const MEANT_FOR_SECONDS: i64 = 20;
/// Words that mean nothing by themselves: `end my access to payments`.
const FILLERS: [&str; 10] = ["access", "as", "for", "grant", "in", "my", "of", "on", "the", "to"];

/// Which grant is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Meant<'a> {
    One(&'a Request),
    /// One of several: they have to say which.
    Several,
    /// None of those that are live.
    NoSuch,
    NothingLive,
}

/// Which of somebody's `requests` they meant by `which`, at `asked_at`.
#[must_use]
pub fn meant<'a>(requests: &'a [Request], which: &str, asked_at: UnixSeconds, now: UnixSeconds) -> Meant<'a> {
    let was_live = |request: &&Request| {
        let is_older = request.decision.decided_at.is_some_and(|at| at <= asked_at);
        is_older && (request.status.is_live() || request.access.ended_at.is_some_and(|at| at >= asked_at))
    };
    let live: Vec<&Request> = requests.iter().filter(was_live).collect();
    if live.is_empty() {
        return Meant::NothingLive;
    }
    let typed = compared(which);
    let is_fresh = now.seconds_since(asked_at) <= MEANT_FOR_SECONDS;
    let certain = live.iter().find(|request| is_named_whole(request, which, &typed));
    if let Some(request) = certain {
        return Meant::One(request);
    }
    let fits = |request: &&&Request| typed.is_empty() || is_named_in_part(request, &typed);
    let fitting: Vec<&Request> = live.iter().filter(fits).copied().collect();
    match fitting.as_slice() {
        [] => Meant::NoSuch,
        [one] if is_fresh => Meant::One(one),
        [..] => Meant::Several,
    }
}

/// By its id, or its project and its role. Nobody has two open requests for the same role.
fn is_named_whole(request: &Request, which: &str, typed: &str) -> bool {
    let (project, role) = (request.ask.project.as_str(), request.ask.role.as_str());
    which.trim().eq_ignore_ascii_case(request.request_id.as_str())
        || [format!("{project} {role}"), format!("{role} {project}")]
            .iter()
            .any(|name| !typed.is_empty() && compared(name) == typed)
}

fn is_named_in_part(request: &Request, typed: &str) -> bool {
    compared(request.ask.project.as_str()) == typed || compared(request.ask.role.as_str()) == typed
}

/// The words as they are compared: without signs between them, and without those that mean nothing.
fn compared(text: &str) -> String {
    let folded = fold(text);
    let words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let meaning: Vec<&str> = words.iter().copied().filter(|word| !FILLERS.contains(word)).collect();
    // A project may be called `my`.
    if meaning.is_empty() { words.join(" ") } else { meaning.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duration::GrantDuration;
    use crate::ids::{ProjectName, RequestId, RoleName, SlackUserId};
    use crate::request::Ask;
    use crate::status::Status;

    const ASKED_AT: UnixSeconds = UnixSeconds(1_000);

    fn request(id: &str, project: &str, role: &str, status: Status, decided_at: i64) -> Request {
        let ask = Ask {
            project: ProjectName::parse(project).unwrap(),
            role: RoleName::parse(role).unwrap(),
            duration: GrantDuration::parse("1h").unwrap(),
            justification: None,
            requester_slack_id: SlackUserId::parse("U0DANA").unwrap(),
            requester_name: String::new(),
            created_at: UnixSeconds(1),
            idempotency_key: String::new(),
        };
        let mut request = Request::new(RequestId::parse(id).unwrap(), ask);
        request.status = status;
        request.decision.decided_at = Some(UnixSeconds(decided_at));
        request
    }

    fn which(requests: &[Request], typed: &str, later: i64) -> String {
        match meant(requests, typed, ASKED_AT, ASKED_AT.plus_seconds(later)) {
            Meant::One(request) => request.request_id.to_string(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_only_one_or_the_one_that_is_named() {
        let one = [
            request("a-0", "payments", "ReadOnly", Status::Active, 900),
            request("b-0", "website", "Deploy", Status::Pending, 900),
        ];
        for typed in
            ["", "payments", "readonly", "payments ReadOnly", "ReadOnly on payments", "payments/ReadOnly"]
        {
            assert_eq!(which(&one, typed, 1), "a-0", "{typed}");
        }
        for typed in ["A-0", "my access to payments", "`payments`"] {
            assert_eq!(which(&one, typed, 1), "a-0", "{typed}");
        }
        assert_eq!(which(&one, "website", 1), "NoSuch", "it is not live");
        assert_eq!(which(&one[1..], "", 1), "NothingLive");
        let two = [
            request("a-0", "payments", "ReadOnly", Status::Active, 900),
            request("a-1", "payments", "PowerUser", Status::Approved, 900),
        ];
        assert_eq!(which(&two, "", 1), "Several");
        assert_eq!(which(&two, "payments", 1), "Several");
        assert_eq!(which(&two, "PowerUser", 1), "a-1");
        assert_eq!(which(&two, "payments PowerUser", 1), "a-1");
    }

    #[test]
    fn a_second_delivery_ends_nothing_else() {
        let mut ended = request("a-0", "payments", "ReadOnly", Status::Revoked, 900);
        ended.access.ended_at = Some(ASKED_AT);
        let other = request("b-0", "website", "Deploy", Status::Active, 900);
        assert_eq!(which(&[ended.clone(), other.clone()], "", 1), "Several");
        assert_eq!(which(&[ended], "", 1), "a-0", "which is over, so nothing comes of it");
        let later = request("c-0", "website", "Deploy", Status::Active, 1_001);
        assert_eq!(which(&[later], "", 1), "NothingLive", "it was granted after they asked");
        // What is certain whenever it comes, and what is not.
        let one = [other];
        for (typed, what) in
            [("", "Several"), ("website", "Several"), ("website Deploy", "b-0"), ("b-0", "b-0")]
        {
            assert_eq!(which(&one, typed, MEANT_FOR_SECONDS + 1), what, "{typed}");
        }
    }
}
