//! One process at a time, by the lock of a file.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use super::private_file::open_lock;
use crate::failure::Failure;
use crate::machine::Machine;

/// Between two tries.
const TRY_EVERY: Duration = Duration::from_millis(100);
/// Tries before it fails: longer than a renewal takes.
const TRIES_MAX: u32 = 900;

/// Held until it is dropped, or the process ends.
#[derive(Debug)]
pub(crate) struct Lock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

impl Lock {
    /// Waits for those who have it.
    pub(crate) async fn of(path: &Path, machine: &dyn Machine) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(format!("{} cannot be locked", path.display())).because(error)
        };
        let file = open_lock(path).map_err(failed)?;
        for _ in 0..TRIES_MAX {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => machine.clock().sleep(TRY_EVERY).await,
                // A file system without locks: then there is none.
                Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => {
                    return Ok(Self(file));
                }
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
        Err(Failure::new("another keylease is at work on this profile, and does not end")
            .hint("end it, and try again"))
    }
}
