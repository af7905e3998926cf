//! How a canary went.

use std::time::Instant;

use domain::{ProjectName, Request, RequestId, RoleName};
use serde::Serialize;

use crate::failure::Failure;
use crate::terminal::Terminal;

#[derive(Debug, Serialize)]
pub(in crate::commands::doctor) struct Canary {
    request_id: RequestId,
    project: ProjectName,
    role: RoleName,
    steps: Vec<Step>,
    pub(super) faults: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Step {
    step: &'static str,
    milliseconds: u64,
}

impl Canary {
    pub(super) fn of(request: &Request) -> Self {
        Self {
            request_id: request.request_id.clone(),
            project: request.ask.project.clone(),
            role: request.ask.role.clone(),
            steps: Vec::new(),
            faults: Vec::new(),
        }
    }

    pub(super) fn step(&mut self, step: &'static str, begun: Instant) {
        let milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.steps.push(Step { step, milliseconds });
    }

    pub(in crate::commands::doctor) fn exit_status(&self) -> Result<(), Failure> {
        if self.faults.is_empty() {
            return Ok(());
        }
        let hint = format!("keylease grants show {}, and keylease dlq list", self.request_id);
        Err(Failure::new("the canary failed").because(self.faults.join("; ")).hint(hint))
    }

    pub(in crate::commands::doctor) fn text(&self, terminal: &Terminal) -> String {
        let title = format!("canary {} ({} on {})", self.request_id, self.role, self.project);
        let width = self.steps.iter().map(|step| step.step.chars().count()).max().unwrap_or(0);
        let step = |step: &Step| format!("  {:<width$}  {:>8} ms", step.step, step.milliseconds);
        let faults = self.faults.iter().map(|fault| format!("  {} {fault}", terminal.red("FAIL")));
        let title = std::iter::once(terminal.bold(&title));
        title.chain(self.steps.iter().map(step)).chain(faults).collect::<Vec<_>>().join("\n")
    }
}
