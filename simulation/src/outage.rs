//! The calls that a service refuses during an outage, and its repair.

use crate::call::Call;
use crate::history::History;

impl History {
    /// Whether the service of this call refuses it.
    pub(crate) fn is_refused(&mut self, call: &Call) -> bool {
        let (now, calls) = (self.now(), self.calls.len());
        let Some(outage) = self.outage.as_mut().filter(|outage| !outage.is_over && outage.refuses(call))
        else {
            return false;
        };
        if calls < outage.calls_before {
            return false;
        }
        let seconds = outage.seconds;
        let until = *outage.until.get_or_insert(now.plus_seconds(seconds));
        if now >= until {
            self.repair();
            return false;
        }
        true
    }

    /// Somebody repairs it.
    pub(crate) fn repair(&mut self) {
        if let Some(outage) = self.outage.as_mut().filter(|outage| !outage.is_over) {
            outage.is_over = true;
            if outage.until.is_some() {
                self.note("an operator has repaired what refused");
            }
        }
    }
}
