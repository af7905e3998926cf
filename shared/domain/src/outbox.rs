//! The outbox of a request: jobs that follow from its changes and are not known to be on their queues yet.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::job::{JOB_VERSION, Job};

/// The jobs, oldest first. One that this version does not know stays there for the version that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Outbox(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Value", into = "Value")]
enum Entry {
    Known(Box<Unsent>),
    Unknown(Value),
}

/// A job, and the write that put it there. Only that entry is removed once it was sent: an equal job that a later
/// change put there stands for that change.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unsent {
    job: Job,
    /// The version of the record that brought it; absent until it is written, and in records of earlier programs.
    entry_id: Option<u64>,
    /// What a newer program put into it, which is sent along.
    more: Map<String, Value>,
}

/// What an entry says of itself, besides its job.
const ENTRY_ID: &str = "entry_id";
const VERSION: &str = "version";

impl From<Value> for Entry {
    fn from(value: Value) -> Self {
        let is_ours = value.get(VERSION).is_none_or(|version| *version == JOB_VERSION);
        let job = serde_json::from_value::<Job>(value.clone()).ok().filter(|_| is_ours);
        let (Some(job), Value::Object(mut more)) = (job, value.clone()) else { return Self::Unknown(value) };
        if let Ok(Value::Object(known)) = serde_json::to_value(&job) {
            more.retain(|name, _| !known.contains_key(name));
        }
        let entry_id = more.get(ENTRY_ID).and_then(Value::as_u64);
        if entry_id.is_some() {
            more.remove(ENTRY_ID);
        }
        Self::Known(Box::new(Unsent { job, entry_id, more }))
    }
}

impl From<Entry> for Value {
    fn from(entry: Entry) -> Self {
        match entry {
            Entry::Unknown(value) => value,
            Entry::Known(unsent) => {
                let Unsent { job, entry_id, mut more } = *unsent;
                if let Ok(Self::Object(known)) = serde_json::to_value(&job) {
                    more.extend(known);
                }
                more.extend(entry_id.map(|id| (ENTRY_ID.to_owned(), id.into())));
                Self::Object(more)
            }
        }
    }
}

impl Outbox {
    /// Adds a job. An equal one that is there already gives way to it, and leaves it what a newer program had put there.
    pub fn push(&mut self, job: Job) {
        let (equal, others) =
            std::mem::take(&mut self.0).into_iter().partition(|entry| entry.job() == Some(&job));
        self.0 = others;
        let equal: Vec<Entry> = equal;
        let more = equal.into_iter().flat_map(|entry| match entry {
            Entry::Known(unsent) => unsent.more,
            Entry::Unknown(_) => Map::new(),
        });
        let more = more.collect();
        self.0.push(Entry::Known(Box::new(Unsent { job, entry_id: None, more })));
    }

    /// The jobs that this version knows, each with the body that is sent.
    pub fn messages(&self) -> impl Iterator<Item = (&Job, String)> {
        self.0.iter().filter_map(|entry| match entry {
            Entry::Known(unsent) => Some((&unsent.job, unsent.job.encode_with(&unsent.more))),
            Entry::Unknown(_) => None,
        })
    }

    /// The jobs that this version knows.
    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.0.iter().filter_map(Entry::job)
    }

    /// Whether this job is there.
    #[must_use]
    pub fn contains(&self, job: &Job) -> bool {
        self.iter().any(|other| other == job)
    }

    /// Whether nothing is there, not even a job that this version does not know.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many jobs are there that this version does not know.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.0.iter().filter(|entry| entry.job().is_none()).count()
    }

    /// Removes every known job.
    pub fn clear(&mut self) {
        self.0.retain(|entry| entry.job().is_none());
    }

    /// Removes the entries that were sent, as they stood then. One whose id an earlier program took away goes by its job.
    pub fn remove(&mut self, sent: &Self) {
        self.0.retain(|entry| match entry {
            Entry::Known(unsent) if unsent.entry_id.is_none() => !sent.contains(&unsent.job),
            Entry::Known(_) => !sent.0.contains(entry),
            Entry::Unknown(_) => true,
        });
    }

    /// Removes a job that a worker has in hand: it stays on its queue until that worker has done it, for the request as it
    /// is then. One with something of a newer program stays, since the message may lack that.
    pub fn acknowledge(&mut self, in_hand: &Job) {
        self.0.retain(|entry| match entry {
            Entry::Known(unsent) => unsent.job != *in_hand || !unsent.more.is_empty(),
            Entry::Unknown(_) => true,
        });
    }

    /// Marks what was added since the last write with the version that is about to be written.
    pub fn stamp(&mut self, version: u64) {
        for entry in &mut self.0 {
            match entry {
                Entry::Known(unsent) => {
                    unsent.entry_id.get_or_insert(version);
                }
                Entry::Unknown(_) => {}
            }
        }
    }
}

impl Entry {
    fn job(&self) -> Option<&Job> {
        match self {
            Self::Known(unsent) => Some(&unsent.job),
            Self::Unknown(_) => None,
        }
    }
}

impl FromIterator<Job> for Outbox {
    fn from_iter<I: IntoIterator<Item = Job>>(jobs: I) -> Self {
        let mut outbox = Self::default();
        jobs.into_iter().for_each(|job| outbox.push(job));
        outbox
    }
}

impl<const N: usize> From<[Job; N]> for Outbox {
    fn from(jobs: [Job; N]) -> Self {
        jobs.into_iter().collect()
    }
}

/// By the jobs alone.
impl<const N: usize> PartialEq<[Job; N]> for Outbox {
    fn eq(&self, jobs: &[Job; N]) -> bool {
        self.unknown() == 0 && self.iter().eq(jobs)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ids::RequestId;

    fn tell() -> Job {
        Job::SyncSlack { request_id: RequestId::parse("r-0").unwrap() }
    }

    fn provision() -> Job {
        Job::Provision { request_id: RequestId::parse("r-0").unwrap() }
    }

    #[test]
    fn an_equal_job_of_a_later_change_is_not_removed_with_the_one_that_was_sent() {
        let mut outbox = Outbox::from([provision(), tell()]);
        outbox.stamp(4);
        let sent = outbox.clone();
        outbox.push(tell());
        outbox.stamp(5);
        outbox.remove(&sent);
        assert_eq!(outbox, [tell()]);
        let sent = outbox.clone();
        outbox.remove(&sent);
        assert!(outbox.is_empty());
    }

    #[test]
    fn a_job_in_hand_is_removed_whichever_change_brought_it() {
        let mut outbox = Outbox::from([provision(), tell()]);
        outbox.stamp(4);
        outbox.acknowledge(&tell());
        assert_eq!(outbox, [provision()]);
    }

    #[test]
    fn an_entry_whose_id_an_earlier_program_took_away_is_removed_by_its_job() {
        let mut outbox = Outbox::from([provision(), tell()]);
        outbox.stamp(4);
        let sent = outbox.clone();
        let mut stripped: Outbox = [tell()].into();
        stripped.remove(&sent);
        assert!(stripped.is_empty());
    }

    #[test]
    fn an_entry_of_an_earlier_program_is_read_and_one_of_ours_is_a_job_to_it() {
        let mut outbox: Outbox =
            serde_json::from_value(json!([{"job": "tell", "request_id": "r-0"}])).unwrap();
        assert_eq!(outbox, [tell()]);
        let sent = outbox.clone();
        outbox.remove(&sent);
        assert!(outbox.is_empty());

        outbox.push(tell());
        outbox.stamp(7);
        let written = serde_json::to_value(&outbox).unwrap();
        assert_eq!(written, json!([{"job": "tell", "request_id": "r-0", "entry_id": 7}]));
        assert_eq!(serde_json::from_value::<Vec<Job>>(written).unwrap(), [tell()]);
    }

    #[test]
    fn what_a_newer_program_put_into_a_job_that_we_know_is_written_back_and_sent() {
        let newer = json!([{"job": "tell", "request_id": "r-0", "entry_id": 4, "urgency": {"high": true}}]);
        let mut outbox: Outbox = serde_json::from_value(newer.clone()).unwrap();
        assert_eq!(outbox, [tell()]);
        assert_eq!(serde_json::to_value(&outbox).unwrap(), newer);
        let sent = |outbox: &Outbox| outbox.messages().map(|(_, body)| body).collect::<Vec<_>>();
        let body = r#"{"job":"tell","request_id":"r-0","urgency":{"high":true},"version":1}"#;
        assert_eq!(sent(&outbox), [body]);
        assert_eq!(Job::decode(body).unwrap(), tell());
        // A change of ours that needs the same job does not take it away.
        outbox.push(tell());
        assert_eq!(sent(&outbox), [body]);
    }

    #[test]
    fn a_job_of_a_version_that_we_do_not_read_is_left_to_the_program_that_does() {
        let newer = json!([{"job": "tell", "request_id": "r-0", "version": 2}]);
        let outbox: Outbox = serde_json::from_value(newer.clone()).unwrap();
        assert_eq!((outbox.unknown(), outbox.messages().count()), (1, 0));
        assert_eq!(serde_json::to_value(&outbox).unwrap(), newer);
        let same = json!([{"job": "tell", "request_id": "r-0", "version": 1}]);
        assert_eq!(serde_json::from_value::<Outbox>(same).unwrap(), [tell()]);
    }

    #[test]
    fn a_job_of_a_newer_program_stays_and_holds_nothing_up() {
        let newer = json!({"job": "summarise", "request_id": "r-0", "after": [1, {"x": null}]});
        let written = json!([newer, {"job": "provision", "request_id": "r-0"}]);
        let mut outbox: Outbox = serde_json::from_value(written).unwrap();
        assert_eq!(outbox.iter().collect::<Vec<_>>(), [&provision()]);
        let sent = outbox.clone();
        outbox.remove(&sent);
        outbox.clear();
        assert!(!outbox.is_empty() && outbox.unknown() == 1);
        outbox.stamp(3);
        assert_eq!(serde_json::to_value(&outbox).unwrap(), json!([newer]));
    }
}
