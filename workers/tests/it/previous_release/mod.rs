//! What release 0.1 left behind, taken over by the programs as they are now.
//!
//! `left_behind` has a file for each of nine requests that release 0.1 worked on, stopped right after each of its writes:
//! the record, the jobs on their queues, the user, the schedule and the messages in Slack, as that release itself wrote
//! them. A file is never changed.

mod left_behind;
mod taken_over;
