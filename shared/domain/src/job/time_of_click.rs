//! Bodies of clicks from programs that did not write when somebody clicked.

use super::Job;
use crate::time::UnixSeconds;

impl Job {
    /// `body`, from which this job was read, with the time of the click, or of the operator's command, where it names
    /// none; nothing where it does, or where no time belongs in it. All else in the body stays as it is.
    #[must_use]
    pub fn body_with_time(&self, body: &str, at: UnixSeconds) -> Option<String> {
        let field = if let Self::EndByOperator { requested_at, .. } = self {
            requested_at.is_none().then_some("requested_at")
        } else {
            self.click().filter(|click| click.clicked_at.is_none()).map(|_| "clicked_at")
        }?;
        let mut fields: serde_json::Map<String, serde_json::Value> = serde_json::from_str(body).ok()?;
        fields.insert(field.to_owned(), at.0.into());
        serde_json::to_string(&fields).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_without_the_time_of_its_click_gets_one_and_keeps_all_else() {
        let timed = |body: &str| Job::decode(body).unwrap().body_with_time(body, UnixSeconds(7));
        for job in ["approve", "deny", "end"] {
            let body =
                format!(r#"{{"version":1,"job":"{job}","request_id":"r-0","user_id":"U1","more":[1]}}"#);
            let timed = timed(&body).unwrap();
            let (Job::Approve(click) | Job::Deny(click) | Job::EndGrant(click)) =
                Job::decode(&timed).unwrap()
            else {
                panic!("{timed}");
            };
            assert_eq!(click.clicked_at, Some(UnixSeconds(7)));
            assert!(timed.contains(r#""more":[1]"#), "{timed}");
        }
        let by_operator = r#"{"version":1,"job":"end_by_operator","request_id":"r-0","by":"alice"}"#;
        let Job::EndByOperator { requested_at, .. } = Job::decode(&timed(by_operator).unwrap()).unwrap()
        else {
            panic!("another job");
        };
        assert_eq!(requested_at, Some(UnixSeconds(7)));
        for body in [
            r#"{"version":1,"job":"deny","request_id":"r-0","user_id":"U1","clicked_at":3}"#,
            r#"{"version":1,"job":"revoke","request_id":"r-0"}"#,
            r#"{"version":1,"job":"sweep"}"#,
        ] {
            assert_eq!(timed(body), None, "{body}");
        }
    }
}
