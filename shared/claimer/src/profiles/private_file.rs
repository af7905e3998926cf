//! Files that only this person can read, written whole or not at all.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Makes the file what `bytes` are: by a new file beside it that takes its name, so that nobody ever reads half of it.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Where the file is a link to one that is kept elsewhere, that one is written.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let (new, mut file) = new_beside(&path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    drop(file);
    written.and_then(|()| fs::rename(&new, &path)).inspect_err(|_| drop(fs::remove_file(&new)))
}

/// Whether [`replace`] could write this file, found out by a file beside it.
pub(crate) fn try_beside(path: &Path) -> io::Result<()> {
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if path.is_dir() {
        return Err(io::Error::other("it is a folder"));
    }
    let (new, file) = new_beside(&path)?;
    drop(file);
    fs::remove_file(new)
}

/// The text of a file; nothing where there is none.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Opens a file that has nothing in it but its lock.
pub(crate) fn open_lock(path: &Path) -> io::Result<File> {
    make_folder(path)?;
    only_mine(OpenOptions::new().write(true).create(true).truncate(false)).open(path)
}

fn new_beside(path: &Path) -> io::Result<(PathBuf, File)> {
    make_folder(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // Whoever was killed with the same number may have left one.
    let new = path.with_file_name(format!(".{name}.keylease-{}", std::process::id()));
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let file = only_mine(OpenOptions::new().write(true).create_new(true)).open(&new)?;
    Ok((new, file))
}

/// Makes the folder of a file, with those above it.
fn make_folder(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// On Windows a file is as open as its folder: a person's own is open to them, to administrators and to the system.
fn only_mine(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
