//! A file of messages, a JSON line each, that is on the disk before anything is removed.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use aws::sqs::DeadLetter;
use serde_json::json;

use crate::commands::dlq::names::Found;
use crate::failure::Failure;

/// The file that messages are saved to, a line each.
pub(super) struct Saved {
    file: File,
    path: String,
}

impl Saved {
    /// Opens it for appending. Only its owner can read it: people's names and words are in it.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let shown = path.display().to_string();
        let cannot = |error| {
            Failure::new(format!("{shown} cannot be written")).because(error).hint("nothing was removed")
        };
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut saved = Self { file: options.open(path).map_err(cannot)?, path: shown.clone() };
        saved.end_line().map_err(cannot)?;
        sync_folder(path).map_err(cannot)?;
        Ok(saved)
    }

    /// Ends a line that a crash cut off.
    fn end_line(&mut self) -> std::io::Result<()> {
        if self.file.seek(SeekFrom::End(0))? == 0 {
            return Ok(());
        }
        self.file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        if last == *b"\n" { Ok(()) } else { self.file.write_all(b"\n") }
    }

    /// Appends messages. When this returns, they are on the disk.
    pub(super) fn append(&mut self, found: &Found, messages: &[&DeadLetter]) -> Result<(), Failure> {
        let mut lines = String::new();
        for message in messages {
            let line = json!({
                "message_id": message.id,
                "queue": found.source.as_str(),
                "dlq": found.dlq.name(),
                "sent_at": message.sent_at,
                "attributes": message.attributes,
                "body": message.body,
            });
            lines.push_str(&format!("{line}\n"));
        }
        self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_all()).map_err(|error| {
            Failure::new(format!("{} cannot be written", self.path))
                .because(error)
                .hint("what could not be saved was not removed; what was removed before is in the file")
        })
    }
}

/// A new file is there after a crash only if its folder says so. Windows has no such call: NTFS keeps a journal of its folders.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(windows) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}
