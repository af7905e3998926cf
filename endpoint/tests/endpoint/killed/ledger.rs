//! Looks at everything twice a second, and remembers every key that there ever was.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::time::Duration;

use endpoint::Stage;
use endpoint::key::Key;
use endpoint::live::is_denial;
use endpoint::payload;
use serde_json::Value;

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// What was seen.
#[derive(Default)]
pub(super) struct Ledger {
    /// The ids of keys that were seen live.
    live: BTreeSet<String>,
    /// Every credential that was mailed, with its request's id.
    delivered: Vec<(String, Key)>,
    mails_read: usize,
    /// Every access key that IAM ever listed, by its id, with its user.
    listed: BTreeMap<String, String>,
}

impl Ledger {
    /// Looks until `work` is done, and gives what it gave.
    pub(super) async fn kept_while<T>(&mut self, stage: &Stage, work: impl Future<Output = T>) -> T {
        tokio::select! {
            done = work => done,
            never = self.look_again_and_again(stage) => match never {},
        }
    }

    /// How many credentials were live.
    pub(super) fn were_live(&self) -> usize {
        self.live.len()
    }

    /// No credential that anybody was sent works, and no key that there ever was is left.
    pub(super) async fn nothing_works(&self, stage: &Stage) {
        for (id, key) in &self.delivered {
            let outcome = key.reads().await;
            let denied = outcome.as_ref().is_err_and(|code| is_denial(code));
            assert!(denied, "a credential of {id} still works: {outcome:?}");
        }
        for (key, user) in &self.listed {
            let left = stage.cloud.access_keys(user).await;
            assert!(left.is_empty(), "{user} had the key {key}, and still has {left:?}");
        }
    }

    async fn look_again_and_again(&mut self, stage: &Stage) -> Infallible {
        loop {
            self.look(stage).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn look(&mut self, stage: &Stage) {
        let before = live(&stage.cloud.requests().await);
        let mut keys = BTreeMap::new();
        for user in stage.cloud.users().await {
            let ids = stage.cloud.access_keys(&user.user_name).await;
            assert!(ids.len() < 2, "{} has two keys: {ids:?}", user.user_name);
            self.listed.extend(ids.iter().map(|id| (id.clone(), user.user_name.clone())));
            keys.insert(user.user_name, ids);
        }
        self.read_mails(stage).await;
        let after = live(&stage.cloud.requests().await);
        let now = payload::now();
        for (id, grant) in before.iter().filter(|(id, grant)| after.get(*id) == Some(grant)) {
            if now >= grant.expires_at {
                continue;
            }
            if !grant.is_session {
                let there = keys.get(&format!("keylease-{id}")).map(Vec::as_slice);
                assert_eq!(
                    there,
                    Some([grant.key_id.clone()].as_slice()),
                    "the one key of the live grant {id}"
                );
            }
            let last = self.delivered.iter().rev().find(|(request, _)| request == id);
            let (_, key) = last.unwrap_or_else(|| panic!("{id} is live, and nobody was sent its credential"));
            assert_eq!(key.id, grant.key_id, "the last mail for {id} has another key than the live one");
            if self.live.insert(key.id.clone()) {
                works(stage, id, grant, key).await;
            }
        }
    }

    async fn read_mails(&mut self, stage: &Stage) {
        let mails = stage.cloud.mails().await;
        for mail in mails.iter().skip(self.mails_read) {
            let (_, id) = mail.text.rsplit_once("Request ").expect("a mail that names its request");
            self.delivered.push((id.trim().to_owned(), Key::in_mail(&mail.text)));
        }
        self.mails_read = mails.len();
    }
}

/// A grant that is live, by its record.
#[derive(PartialEq, Eq)]
struct Grant {
    key_id: String,
    expires_at: i64,
    is_session: bool,
}

/// The key of a live grant works, unless the grant was ended at this moment.
async fn works(stage: &Stage, id: &str, grant: &Grant, key: &Key) {
    let outcome = key.reads().await;
    let is_live = live(&stage.cloud.requests().await).get(id) == Some(grant);
    let ended = !is_live || payload::now() >= grant.expires_at;
    assert!(outcome.is_ok() || ended, "the key of the live grant {id} does not work: {outcome:?}");
}

fn live(requests: &[Value]) -> BTreeMap<String, Grant> {
    let live = requests.iter().filter(|request| request["status"] == "ACTIVE");
    live.map(|request| {
        let text = |name: &str| request[name].as_str().expect(name).to_owned();
        let grant = Grant {
            key_id: text("access_key_id"),
            expires_at: request["expires_at"].as_i64().expect("an end"),
            is_session: request["role"] == "PowerUser",
        };
        (text("request_id"), grant)
    })
    .collect()
}
