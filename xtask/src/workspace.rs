//! Where things are: the workspace's root and its target folder.

use std::path::{Path, PathBuf};

/// The profile in `Cargo.toml` that the checks build with, and its folder in the target folder. One for all of them, so that
/// nothing is built twice.
pub(crate) const CHECKS: &str = "checks";

/// The workspace that the checks run on.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The workspace that cargo runs this program for; where it was built, when started without cargo.
    pub(crate) fn find() -> Self {
        // Asked at run time, because checkouts that share a target folder share this program too.
        let here = std::env::var_os("CARGO_MANIFEST_DIR");
        let here = here.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here.parent().unwrap_or(&here).to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        Self { root, target }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where cargo builds, and where the checks keep what they install.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Where the programs are that the checks build.
    pub(crate) fn programs(&self) -> PathBuf {
        self.target.join(CHECKS)
    }
}
