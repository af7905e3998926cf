//! What a command works in: variables, AWS, the time, the terminal, and whether it should stop. A test hands in its own.

use aws::dynamodb::Store;
use aws_config::SdkConfig;
use claimer::{Machine, Note};
use service::clock::Clock;
use service::config::{OpsSettings, TableNames, process_environment};
use tokio::sync::{OnceCell, watch};

use crate::failure::Failure;
use crate::terminal::Terminal;

type Variables = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a command works in.
pub struct Env {
    variables: Variables,
    aws: OnceCell<SdkConfig>,
    /// Reads the time.
    pub clock: Clock,
    /// Where it speaks.
    pub terminal: Terminal,
    /// How often it was told to stop.
    stops: watch::Receiver<u32>,
}

impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Env").field("terminal", &self.terminal).finish_non_exhaustive()
    }
}

impl Env {
    /// This process's own. Long work stops between two steps when the process is told to (Ctrl-C or SIGTERM).
    #[must_use]
    pub fn of_this_process(terminal: Terminal) -> Self {
        let (told, stops) = watch::channel(0);
        if let Ok(first) = service::program::stop_signal() {
            tokio::spawn(async move {
                first.await;
                told.send_replace(1);
                if let Ok(second) = service::program::stop_signal() {
                    second.await;
                    told.send_replace(2);
                }
            });
        }
        let variables = Box::new(process_environment);
        Self { variables, aws: OnceCell::new(), clock: Clock::system(), terminal, stops }
    }

    /// A test's own: these variables, this AWS, and nothing of the process. `stops` says how often it was told to stop.
    #[must_use]
    pub fn of_a_test(
        variables: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
        aws: SdkConfig,
        clock: Clock,
        terminal: Terminal,
        stops: watch::Receiver<u32>,
    ) -> Self {
        let aws = OnceCell::new_with(Some(aws));
        Self { variables: Box::new(variables), aws, clock, terminal, stops }
    }

    /// Reads what a command needs that looks at everything, or names every variable that is wrong.
    pub fn settings(&self) -> Result<OpsSettings, Failure> {
        Ok(OpsSettings::from_lookup(&self.variables)?)
    }

    /// The tables, for a command that needs nothing else.
    pub async fn store(&self) -> Result<Store, Failure> {
        let tables = TableNames::from_lookup(&self.variables)?;
        Ok(Store::new(self.aws().await?, &tables.projects, &tables.requests))
    }

    /// One variable as it is set, for checks that name it.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.variables)(name)
    }

    /// The SDK's configuration.
    pub async fn aws(&self) -> Result<&SdkConfig, Failure> {
        let aws = self.aws.get_or_init(aws::sdk::load).await;
        aws::sdk::check_region(aws).map_err(|error| Failure::new(error.to_string()))?;
        Ok(aws)
    }

    /// Whether long work should stop now.
    #[must_use]
    pub fn should_stop(&self) -> bool {
        *self.stops.borrow() > 0
    }

    /// Resolves when long work should stop; never where nobody can say so any more.
    pub async fn stopped(&self) {
        self.told(1).await;
    }

    /// Resolves when the process was told to stop a second time, and nothing is to be finished any more.
    pub(crate) async fn stopped_at_once(&self) {
        self.told(2).await;
    }

    async fn told(&self, times: u32) {
        if self.stops.clone().wait_for(|told| *told >= times).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// What comes of `work`, unless the process is told to stop first. For work that may be dropped at any await.
    pub(crate) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        // On the heap: several of these within each other are too large for a stack.
        let work = Box::pin(work);
        tokio::select! {
            biased;
            () = self.stopped() => Err(Failure::new("aborted: nothing was done")),
            done = work => Ok(done),
        }
    }

    /// Asks before something is destroyed. `--yes` answers it in advance, and Ctrl-C ends the command.
    pub(crate) async fn confirm(&self, question: &str, yes: bool) -> Result<(), Failure> {
        if yes {
            return Ok(());
        }
        self.unless_stopped(self.terminal.ask(question)).await?
    }
}

impl Machine for Env {
    fn variable(&self, name: &str) -> Option<String> {
        self.variable(name)
    }

    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn tell(&self, note: Note<'_>) {
        self.terminal.note(&match note {
            Note::ClockIsWrong => "this machine's clock is wrong; the server's is used".to_owned(),
            Note::NotRenewedYet(failure) => Failure::from(failure.clone()).text("not renewed yet:"),
        });
    }
}
