//! `package`: the four programs as zips that Lambda takes, `target/package/ARCH/PROGRAM.zip`, with their sizes.

mod arguments;
mod bundle;
mod glibc;
#[cfg(test)]
mod image;
mod machine;
mod table;
mod target;

use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{cargo, run as run_process};
use crate::workspace::Workspace;

pub(crate) use arguments::PROGRAMS;
use arguments::{Wanted, read};
pub(crate) use bundle::{Wish, bundle};
use glibc::{NEWEST, needs, too_new};
use machine::is_for;
use table::{Row, table};
use target::{Arch, Way};

/// The profile in `Cargo.toml` that makes what is shipped.
const PROFILE: &str = "lambda";

/// Builds, checks and packs what the arguments ask for; everything where they ask for nothing.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let wanted = read(arguments)?;
    let mut rows = Vec::new();
    for arch in wanted.archs() {
        match arch.way() {
            Ok(way) => rows.extend(package(workspace, &wanted, arch, &way)?),
            // Asked for by name, it is a failure; else the other architecture is worth having alone.
            Err(why) if wanted.arch.is_some() => return Err(why),
            Err(why) => println!("no {arch}: {why}"),
        }
    }
    if rows.is_empty() {
        return Err("nothing could be built on this machine, as said above".to_owned());
    }
    print!("\n{}", table(&rows));
    Ok(())
}

fn package(workspace: &Workspace, wanted: &Wanted, arch: Arch, way: &Way) -> Result<Vec<Row>, String> {
    let programs = wanted.programs();
    let mut build = cargo(workspace, &way.arguments());
    build.args(["--locked", "--profile", PROFILE, "--package", "ingress", "--package", "workers"]);
    build.args(programs.iter().flat_map(|program| ["--bin", program])).envs(way.variables());
    run_process(&mut build)?;

    let folder = workspace.target().join("package").join(arch.name());
    fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    let mut rows = Vec::new();
    for program in programs {
        let binary = way.built(workspace.target(), PROFILE).join(program);
        let bytes = fs::read(&binary).map_err(|error| at(&binary, &error))?;
        is_for(&bytes, arch).map_err(|why| format!("{}: {why}", binary.display()))?;
        let needs = needs(&bytes).map_err(|why| format!("{}: {why}", binary.display()))?;
        too_new(&needs, NEWEST).map_err(|why| format!("{program} for {arch} {why}"))?;
        let zip = bundle(&bytes, Wish::Small).map_err(|why| format!("{}: {why}", binary.display()))?;
        let file: PathBuf = folder.join(format!("{program}.zip"));
        fs::write(&file, &zip).map_err(|error| at(&file, &error))?;
        rows.push(Row {
            program,
            arch: arch.name(),
            binary_bytes: bytes.len(),
            zip_bytes: zip.len(),
            glibc: needs.iter().map(|need| need.version).max(),
        });
    }
    Ok(rows)
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
