//! A copy of the workspace that may be broken.

use std::fs;
use std::path::Path;

use crate::tidy::files;
use crate::workspace::Workspace;

/// Brings the copy up to date. A file that is the same already is left alone, so that cargo need not build it anew.
pub(super) fn copy(workspace: &Workspace, tree: &Path) -> Result<(), String> {
    for name in files(workspace)? {
        let (from, to) = (workspace.root().join(&name), tree.join(&name));
        let failed = |error: std::io::Error| format!("{} cannot be copied: {error}", from.display());
        // Git lists a file that was just removed until that is committed.
        if !from.is_file() {
            continue;
        }
        let text = fs::read(&from).map_err(failed)?;
        if fs::read(&to).is_ok_and(|there| there == text) {
            continue;
        }
        fs::create_dir_all(to.parent().unwrap_or(tree)).map_err(failed)?;
        fs::write(&to, text).map_err(failed)?;
    }
    Ok(())
}
