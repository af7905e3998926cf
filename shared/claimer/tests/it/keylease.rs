//! What `keylease claim URL [--profile NAME] [--force]` and `keylease credentials NAME` do on a machine.

use std::sync::{Arc, Mutex};

use keylease_claimer::{Asked, Failure, Link, Note, Profile, label};
use serde_json::Value;
use service::clock::Clock;

use crate::machine::Machine;

/// What came of it: a status as a program has it, what was handed out, and what the person was told.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: u8,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// A machine at one moment, with what its person is told.
struct Told<'a> {
    machine: &'a Machine,
    clock: Clock,
    notes: Arc<Mutex<String>>,
}

impl keylease_claimer::Machine for Told<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        self.machine.variables.get(name).cloned()
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn tell(&self, note: Note<'_>) {
        self.notes.lock().unwrap().push_str(match note {
            Note::ClockIsWrong => "this machine's clock is wrong",
            Note::NotRenewedYet(_) => "not renewed yet",
        });
    }
}

impl Machine {
    pub(crate) async fn keylease(&self, line: &[&str]) -> Ran {
        let told = Told { machine: self, clock: self.clock(), notes: Arc::default() };
        let done = match line {
            ["credentials", name] => credentials(name, &told).await,
            ["claim", link] => claim(link, None, false, &told).await,
            ["claim", link, "--profile", name] => claim(link, Some(name), false, &told).await,
            ["claim", link, "--profile", name, "--force"] => claim(link, Some(name), true, &told).await,
            _ => panic!("{line:?}"),
        };
        let notes = told.notes.lock().unwrap().clone();
        match done {
            Ok(out) => Ran { status: 0, out, err: notes },
            Err(Failure { what, cause, hint, is_wrong_usage }) => {
                let hint = hint.map(|hint| format!("hint: {hint}")).unwrap_or_default();
                let err = [notes, what, cause.unwrap_or_default(), hint].join("\n");
                Ran { status: if is_wrong_usage { 2 } else { 1 }, out: String::new(), err }
            }
        }
    }
}

async fn claim(link: &str, name: Option<&str>, force: bool, told: &Told<'_>) -> Result<String, Failure> {
    let (link, label) = (Link::parse(link)?, label(None, told)?);
    let profile = Profile::to_write(name, force, told)?;
    let claimed = Asked::at(link, &label).await?.answered(told).await?;
    profile.write(claimed, told).await
}

async fn credentials(name: &str, told: &Told<'_>) -> Result<String, Failure> {
    let credential = Profile::named(name, told)?.credential(told).await?;
    Ok(credential.to_process_json().to_string())
}

impl Ran {
    /// Everything that a person sees.
    pub(crate) fn shown(&self) -> String {
        format!("{}{}status {}", self.out, self.err, self.status)
    }

    /// What was handed out.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.shown()))
    }
}
