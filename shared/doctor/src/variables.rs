//! The variables that this shell has.

use crate::context::Context;
use crate::finding::Finding;

pub(crate) fn check(ctx: &Context<'_>) -> Vec<Finding> {
    let faults = &ctx.settings.faults;
    if faults.is_empty() {
        return vec![Finding::ok("variables", "everything that keylease needs is set")];
    }
    let fault = |fault: &service::config::VariableFault| {
        let detail = format!("{}: {}", fault.name, fault.what);
        Finding::fail("variables", detail, "set it in this shell as it is set for the workers")
    };
    faults.iter().map(fault).collect()
}
