//! `keylease claim`, `credentials` and `console` on a machine of their own: a home, no AWS, and a server of claims.

mod claim;
mod console;
#[path = "../../../../shared/claimer/tests/it/machine.rs"]
mod machine;
#[cfg(unix)]
mod program;
mod refused;
#[path = "../../../../shared/claimer/tests/it/server.rs"]
mod server;
mod told;
mod whole;

use std::io::Cursor;

use aws_config::SdkConfig;
use ops::{Env, Terminal};
use serde_json::Value;

use crate::stage::{Ran, WIDTH, Written};
#[cfg(unix)]
use machine::mode;
use machine::{Machine, NOW, key, session};
use server::{Answer, Claims};

impl Machine {
    async fn keylease(&self, arguments: &[&str]) -> Ran {
        self.watched(arguments, Written::default()).await
    }

    /// The same, with what is written to standard error in a place where a test sees it at once.
    async fn watched(&self, arguments: &[&str], err: Written) -> Ran {
        let out = Written::default();
        let terminal = Terminal::over(out.clone(), err.clone(), Cursor::new(String::new()), WIDTH);
        let variables = self.variables.clone();
        let lookup = move |name: &str| variables.get(name).cloned();
        let aws = SdkConfig::builder().build();
        let env = Env::of_a_test(lookup, aws, self.clock(), terminal, self.stop.subscribe());
        let line = std::iter::once("keylease").chain(arguments.iter().copied()).map(Into::into);
        let status = ops::run(line, &env).await;
        Ran { status, out: out.text(), err: err.text() }
    }
}

/// A machine, and a server that hands out this.
async fn with(credential: Value) -> (Machine, Claims) {
    (Machine::new(), Claims::start(NOW, Answer::Credential(credential)).await)
}

/// The same, with it claimed as the profile `work`.
async fn claimed(credential: Value) -> (Machine, Claims) {
    let (machine, claims) = with(credential).await;
    let ran = machine.keylease(&["claim", &claims.link(), "--profile", "work"]).await;
    assert_eq!(ran.status, 0, "{}", ran.shown());
    (machine, claims)
}
