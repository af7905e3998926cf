//! `package`: the four programs as zips that Lambda takes, `target/package/ARCH/PROGRAM.zip`, with their sizes.

mod arguments;
mod bundle;
#[cfg(test)]
mod image;
#[cfg(test)]
mod release;
mod start;
mod table;
mod zig;

use std::fs;
use std::path::Path;

use crate::workspace::Workspace;

pub(crate) use arguments::PROGRAMS;
use arguments::read;
pub(crate) use bundle::{Wish, bundle};
use start::start;
use table::{Row, table};
use zig::{Arch, build};

/// The profile in `Cargo.toml` that makes what is shipped.
const PROFILE: &str = "lambda";

/// Builds, starts and packs what the arguments ask for; everything where they ask for nothing.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<(), String> {
    let wanted = read(arguments)?;
    let mut rows = Vec::new();
    for arch in wanted.archs() {
        rows.extend(package(workspace, &wanted.programs(), arch)?);
    }
    print!("\n{}", table(&rows));
    Ok(())
}

fn package(workspace: &Workspace, programs: &[&'static str], arch: Arch) -> Result<Vec<Row>, String> {
    let built = build(workspace, arch, PROFILE, programs)?;
    let folder = workspace.target().join("package").join(arch.name());
    fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    pack_side_by_side(programs, |program| pack(&built, &folder, program, arch))
}

/// The ingress's zip takes most of a minute to make, on one core: the workers are started and packed meanwhile.
fn pack_side_by_side(
    programs: &[&'static str],
    pack: impl Fn(&'static str) -> Result<Row, String> + Sync,
) -> Result<Vec<Row>, String> {
    let pack = &pack;
    std::thread::scope(|scope| {
        let packing: Vec<_> = programs.iter().map(|&program| scope.spawn(move || pack(program))).collect();
        packing
            .into_iter()
            .map(|one| one.join().map_err(|_| String::from("packing panicked, as printed above"))?)
            .collect()
    })
}

fn pack(built: &Path, folder: &Path, program: &'static str, arch: Arch) -> Result<Row, String> {
    let binary = built.join(program);
    let started = start(&binary, arch).map_err(|why| format!("{program} for {arch}: {why}"))?;
    let bytes = fs::read(&binary).map_err(|error| at(&binary, &error))?;
    // Somebody in Slack waits for a cold start of the ingress; nobody waits for a worker's.
    let wish = if program == "ingress" { Wish::Smallest } else { Wish::Small };
    let zip = bundle(&bytes, wish).map_err(|why| format!("{}: {why}", binary.display()))?;
    let file = folder.join(format!("{program}.zip"));
    fs::write(&file, &zip).map_err(|error| at(&file, &error))?;
    let (binary_bytes, zip_bytes) = (bytes.len(), zip.len());
    Ok(Row { program, arch: arch.name(), binary_bytes, zip_bytes, started: started.as_str() })
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
