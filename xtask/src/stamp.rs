//! Whether something that was installed still matches the file that asked for it.

use std::fs;
use std::path::{Path, PathBuf};

const NAME: &str = ".installed-from";

/// Runs `install` unless `folder` was installed from this very `request`; a half-made install is made again.
pub(crate) fn install_once(
    folder: &Path,
    request: &Path,
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let wanted =
        fs::read(request).map_err(|error| format!("{} cannot be read: {error}", request.display()))?;
    let stamp: PathBuf = folder.join(NAME);
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(&stamp, wanted).map_err(|error| format!("{} cannot be written: {error}", stamp.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn installs_once_for_each_request() {
        let folder = std::env::temp_dir().join(format!("xtask-stamp-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let request = folder.join("request");
        let mut installs = 0;
        for wanted in ["one", "one", "two"] {
            fs::write(&request, wanted).unwrap();
            let done = install_once(&folder, &request, || {
                installs += 1;
                Ok(())
            });
            assert_eq!(done, Ok(()));
        }
        assert_eq!(installs, 2);
        fs::write(&request, "three").unwrap();
        assert!(install_once(&folder, &request, || Err(String::from("no"))).is_err());
        assert_eq!(fs::read_to_string(folder.join(NAME)).unwrap(), "two", "a failed install leaves no stamp");
        fs::remove_dir_all(&folder).unwrap();
    }
}
