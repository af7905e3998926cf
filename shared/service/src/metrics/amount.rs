//! How much is recorded.

use serde_json::Value;

/// How much.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Amount {
    /// So many more of a counter, or what a gauge stands at.
    Count(u64),
    /// A measured time, for a histogram.
    Seconds(f64),
}

impl Amount {
    /// As JSON has it; `None` for what it has no number for.
    pub(super) fn json(self) -> Option<Value> {
        match self {
            Self::Count(count) => Some(Value::from(count)),
            Self::Seconds(seconds) => serde_json::Number::from_f64(seconds).map(Value::Number),
        }
    }
}
