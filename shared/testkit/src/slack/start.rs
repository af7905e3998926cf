//! Starting a workspace.

use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::contents::Person;
use super::server;
use super::workspace::{EmbeddedSlack, State};
use crate::lock::lock;

impl EmbeddedSlack {
    /// Serves the Web API on `listener`, for these people, until the value is dropped.
    ///
    /// # Panics
    /// When the listener has no address, which a bound one always has.
    pub fn start(
        listener: TcpListener,
        people: Vec<Person>,
        signing_secret: String,
        bot_token: String,
    ) -> Arc<Self> {
        #[expect(clippy::expect_used, reason = "a bound listener has an address")]
        let address = listener.local_addr().expect("a bound listener has an address");
        let slack = Arc::new(Self {
            address,
            signing_secret,
            bot_token,
            state: Mutex::new(State { people, scopes: needed_scopes(), ..State::default() }),
            hook: Mutex::default(),
            changed: watch::Sender::new(0),
            server: Mutex::default(),
        });
        let server = server::spawn(listener, Arc::downgrade(&slack));
        *lock(&slack.server) = Some(server);
        slack
    }
}

fn needed_scopes() -> Vec<String> {
    slack::SCOPES.map(|(scope, _)| scope.to_owned()).to_vec()
}
