//! Who waits for what a job should do.

use domain::RequestId;
use domain::job::Click;
use slack::messages::failed_click::Button;

/// Who waits for what a job should do, and would take silence for success. `dispatch` says so of each job.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Waiter<'a> {
    /// Whoever clicked this button.
    Clicked(Button, &'a Click),
    /// Whoever asked, for the credential.
    Credential(&'a RequestId),
    /// Whoever asked for more time and whoever granted it, for the later end.
    LaterEnd(&'a RequestId),
    /// Whoever has or had access, for its end.
    Removal(&'a RequestId),
    /// Whoever asked, whose email did not arrive.
    LostEmail(&'a RequestId),
    /// Nobody whom nobody else tells.
    Nobody,
}
