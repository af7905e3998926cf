//! A lock that a panicking test cannot poison for the rest of the process.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a holder panicked: what these locks guard is never left half-written.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
