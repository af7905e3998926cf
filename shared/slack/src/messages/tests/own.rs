//! What somebody reads of what they have: by the command, and on their App Home.

use super::*;
use crate::home::{Home, home};

#[test]
fn what_somebody_reads_of_what_they_have() {
    let requests: Vec<Request> = Case::ordinary().states().into_iter().map(|(_, request)| request).collect();
    let mut read = String::new();
    for asked in [Asked::List, Asked::Which, Asked::NoSuch("the <lake>"), Asked::NothingLive] {
        for requests in [&requests[1..], &[]] {
            let message = own_access::own_access(requests, ASKED_AT.plus_seconds(120), asked);
            let labels = serde_json::to_value(&message).unwrap();
            read.push_str(&format!("{}\n    {:?}\n", text(&message), buttons(&labels["blocks"])));
        }
    }
    insta::assert_snapshot!(read);
}

#[test]
fn an_app_home_is_within_the_limits_of_slack() {
    for case in [Case::ordinary(), Case::hostile()] {
        let requests: Vec<Request> = (0..4).flat_map(|_| case.states()).map(|(_, request)| request).collect();
        let many: Vec<Request> = requests.iter().cycle().take(300).cloned().collect();
        for requests in [&many[..], &requests[..], &requests[..1], &[]] {
            let page = Home { own: requests, waiting: requests, live: requests };
            let page = home(&page, ASKED_AT.plus_seconds(120));
            assert_eq!(testkit::slack::home_problems(&page), [""; 0], "{page}");
            for block in page["blocks"].as_array().unwrap() {
                if let Some(text) = block["text"]["text"].as_str() {
                    whole("App Home", text);
                }
            }
        }
    }
    let case = Case::ordinary();
    let (own, waiting) = ([case.in_status(Status::Active, |_| {})], [case.asked()]);
    let page = home(&Home { own: &own, waiting: &waiting, live: &own }, ASKED_AT.plus_seconds(120));
    insta::assert_snapshot!(format!("{page:#}"));
}
