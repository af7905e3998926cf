//! The one runtime of all three workers: receive, decode one by one, hold the lease, dispose.

mod count;
mod dispose;
mod handler;
mod lambda;
mod lease;
mod poll;
mod process;

pub(crate) use crate::consumer::count::init_series;
pub use crate::consumer::dispose::{Disposal, dispose};
pub use crate::consumer::handler::{Attempt, Handler};
pub use crate::consumer::lambda::{batch, serve_lambda};
pub use crate::consumer::poll::{IN_FLIGHT_MAX, poll};
