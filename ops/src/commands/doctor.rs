//! `keylease doctor`: checks every dependency and suggests a fix for each problem.
//!
//! It changes nothing, except with `--canary`, which makes and ends a real grant.

mod canary;
mod report;

use doctor::Context;
use service::config::DoctorSettings;

use crate::cli::doctor::Doctor;
use crate::env::Env;
use crate::failure::Failure;
use crate::progress::Progress;
use report::Report;

/// Makes every check, and the canary where it is wanted.
pub(super) async fn run(wanted: &Doctor, as_json: bool, env: &Env) -> Result<(), Failure> {
    // Without a region there is nothing to look at; all else can be missing.
    let settings = DoctorSettings::from_lookup(&|name| env.variable(name));
    let ctx = Context { settings, aws: env.aws().await?, now: env.clock.now() };
    let progress = Progress::counting(&env.terminal, "groups of checks done");
    let checks = env.unless_stopped(doctor::check(&ctx, &|| progress.step())).await?;
    drop(progress);
    let mut report = Report { checks, canary: None };
    // A canary in a system that is known to be broken would only be one more thing to clean up.
    if let Some(project) = &wanted.canary
        && report.failed() == 0
    {
        let canary = canary::run(project, wanted.role.as_deref(), wanted.yes, env);
        report.canary = Some(Box::pin(canary).await?);
    }
    env.terminal.show(&report, as_json)?;
    report.exit_status(wanted.canary.is_some())
}
