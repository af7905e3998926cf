//! `cold`: from the start of the ingress's process to its first acknowledged click, as a server and on Lambda.
//!
//! Where the time goes is read from the ingress's own log, which says at level `debug` when each step of its start is done.
//! What the TLS roots cost is the difference to starts that are given none.

mod lambda;
mod report;
mod server;
mod stages;
mod start;

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use testkit::lambda::RuntimeApi;
use testkit::program::{Program, Variables};

use crate::cli::{Cold, Programs};
use crate::clock;
use crate::fault::Fault;
use crate::programs;
use crate::progress::Progress;
use crate::report::Report;
use crate::scenario::ingress::{SIGNING_SECRET, variables};
use crate::stand_in::QueueStandIn;
use crate::traffic::ANSWER_WAIT;
use crate::traffic::click::Clicks;
use crate::usage;

use start::{Start, WAYS, Way};

/// Starts the ingress again and again, each way in turn.
pub(crate) async fn run(wanted: &Cold, programs: &Programs) -> Result<Report, Fault> {
    let starts = wanted.sized(programs.short);
    let program = programs.folder("ingress")?.join("ingress");
    let queue = QueueStandIn::start().await?;
    let clicks = Arc::new(Clicks::new(SIGNING_SECRET));
    let progress = Progress::of(starts as usize * WAYS.len());
    let mut seen = Vec::new();
    for _ in 0..starts {
        for way in WAYS {
            progress.show(way.name());
            seen.push(start(way, &program, &queue, &clicks).await?);
            progress.step();
        }
    }
    let size = std::fs::metadata(&program).map_err(Fault::io("the ingress's size"))?.len();
    Ok(report::of(programs, &seen, size))
}

async fn start(way: Way, program: &Path, queue: &QueueStandIn, clicks: &Arc<Clicks>) -> Result<Start, Fault> {
    let mut variables = variables(queue);
    let mut set = |name: &str, value: String| variables.push((name.to_owned(), value));
    set("RUST_LOG", "info,ingress=debug,keylease_aws=debug,keylease_service=debug".to_owned());
    if way == Way::ServerWithoutRoots {
        set("SSL_CERT_FILE", "/dev/null".to_owned());
    }
    let click = clicks.next();
    let serial = click.serial;
    let (process, begun, took, status) = match way {
        Way::Server | Way::ServerWithoutRoots => {
            let address = programs::free_address().await?;
            set("LISTEN_ADDR", address.to_string());
            let (process, begun) = begin(program, &variables)?;
            let (took, status) = server::first_answer(begun.1, address, click).await?;
            (process, begun.0, took, status)
        }
        Way::Lambda => {
            let runtime = RuntimeApi::start(lambda::event(&click)).await;
            let mut runtime = runtime.map_err(Fault::io("no port for the runtime API"))?;
            for (name, value) in runtime.variables() {
                set(name, value);
            }
            let (process, begun) = begin(program, &variables)?;
            let answer = runtime.answer(ANSWER_WAIT).await;
            let (answered, status) =
                answer.map_or_else(|| (Instant::now(), None), |(at, body)| (at, lambda::status(&body)));
            (process, begun.0, answered.duration_since(begun.1), status)
        }
    };
    let memory_kib = usage::memory(process.pid()).unwrap_or_default().most_kib;
    let stages = stages::of(begun, &process.output());
    let jobs = queue.take_ledger();
    let problem = (status != Some(200) || jobs != [serial]).then(|| {
        let what =
            format!("was answered {status:?} for its first click, and the queue took {} jobs", jobs.len());
        format!("a start as {}: {}", way.name(), process.unfit(what))
    });
    Ok(Start { way, took, stages, memory_kib, problem })
}

/// When a process was started: on the wall, and on the clock that durations are measured by.
type Begun = (jiff::Timestamp, Instant);

fn begin(program: &Path, variables: &Variables) -> Result<(Program, Begun), Fault> {
    let begun = (clock::now(), Instant::now());
    Ok((programs::start("ingress", program, &[], variables)?, begun))
}
