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
use zig::{Arch, INGRESS, WORKERS, Zig};

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

/// The ingress and the workers are built side by side: the end of each build is the linking of a program, which takes one core.
fn package(workspace: &Workspace, programs: &[&'static str], arch: Arch) -> Result<Vec<Row>, String> {
    let zig = Zig::prepare(workspace, arch)?;
    let folder = workspace.target().join("package").join(arch.name());
    fs::create_dir_all(&folder).map_err(|error| at(&folder, &error))?;
    let (ingress, workers): (Vec<_>, Vec<_>) = programs.iter().partition(|program| **program == "ingress");
    let make = |how, programs: Vec<&'static str>| {
        if programs.is_empty() {
            return Ok(Vec::new());
        }
        let built = zig.build(workspace, how, &programs)?;
        programs.into_iter().map(|program| pack(&built, &folder, program, arch)).collect()
    };
    std::thread::scope(|scope| {
        let workers = scope.spawn(|| make(WORKERS, workers));
        let mut rows: Vec<Row> = make(INGRESS, ingress)?;
        rows.extend(workers.join().map_err(|_| String::from("packing panicked, as printed above"))??);
        Ok(rows)
    })
}

fn pack(built: &Path, folder: &Path, program: &'static str, arch: Arch) -> Result<Row, String> {
    let binary = built.join(program);
    let started = start(&binary, arch).map_err(|why| format!("{program} for {arch}: {why}"))?;
    let bytes = fs::read(&binary).map_err(|error| at(&binary, &error))?;
    let zip = bundle(&bytes, Wish::Small).map_err(|why| format!("{}: {why}", binary.display()))?;
    let file = folder.join(format!("{program}.zip"));
    fs::write(&file, &zip).map_err(|error| at(&file, &error))?;
    let (binary_bytes, zip_bytes) = (bytes.len(), zip.len());
    Ok(Row { program, arch: arch.name(), binary_bytes, zip_bytes, started: started.as_str() })
}

fn at(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
