//! Which glibc a program needs: the versions that its dynamic symbols ask for.
//!
//! A weak symbol asks for nothing: where the machine lacks it, the program runs without. Rust's library uses such
//! symbols for calls that are newer than the oldest glibc it supports.

use std::fmt::Display;

use object::elf::FileHeader64;
use object::endian::Endianness;
use object::read::elf::{ElfFile, Sym};

/// The newest that Lambda's `provided.al2023` has: Amazon Linux 2023 is built on 2.34.
pub(super) const NEWEST: Version = Version { major: 2, minor: 34, patch: 0 };

const GLIBC: &str = "GLIBC_";

/// A version of glibc.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

/// A symbol that a program takes from glibc.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) symbol: String,
    pub(super) version: Version,
}

/// What a program takes from glibc, weak symbols left out.
pub(super) fn needs(program: &[u8]) -> Result<Vec<Need>, String> {
    read(program).map_err(|error| format!("it cannot be read as a 64-bit ELF program: {error}"))
}

fn read(program: &[u8]) -> object::read::Result<Vec<Need>> {
    let file = ElfFile::<FileHeader64<Endianness>>::parse(program)?;
    let endian = file.endian();
    let Some(versions) = file.elf_section_table().versions(endian, program)? else { return Ok(Vec::new()) };
    let symbols = file.elf_dynamic_symbol_table();
    let mut needs = Vec::new();
    for (index, symbol) in symbols.enumerate() {
        if !symbol.is_undefined(endian) || symbol.is_weak() {
            continue;
        }
        let Some(asked) = versions.version(versions.version_index(endian, index).index())? else { continue };
        let Some(version) = glibc_version(&String::from_utf8_lossy(asked.name())) else { continue };
        let name = symbols.symbol_name(endian, symbol)?;
        needs.push(Need { symbol: String::from_utf8_lossy(name).into_owned(), version });
    }
    Ok(needs)
}

/// Fails where a symbol is newer than `newest`, and names each that is.
pub(super) fn too_new(needs: &[Need], newest: Version) -> Result<(), String> {
    let newer: Vec<String> = needs
        .iter()
        .filter(|need| need.version > newest)
        .map(|need| format!("{} ({})", need.symbol, need.version))
        .collect();
    if newer.is_empty() {
        return Ok(());
    }
    Err(format!(
        "needs a newer glibc than {newest}, which is all that Lambda has: {}. Build on a machine with an older glibc, \
         in the Containerfile's first stage, or with cargo-zigbuild",
        newer.join(", ")
    ))
}

/// `GLIBC_2.34` or `GLIBC_2.2.5`; nothing for other libraries' versions.
fn glibc_version(name: &str) -> Option<Version> {
    let mut numbers = name.strip_prefix(GLIBC)?.split('.').map(str::parse::<u32>);
    let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
    let patch = numbers.next().transpose().ok()?.unwrap_or(0);
    Some(Version { major, minor, patch })
}

impl Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)?;
        if self.patch > 0 { write!(f, ".{}", self.patch) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(symbol: &str, version: &str) -> Need {
        Need { symbol: symbol.to_owned(), version: glibc_version(version).unwrap() }
    }

    #[test]
    fn versions_are_numbers_and_not_texts() {
        let order = ["GLIBC_2.2.5", "GLIBC_2.9", "GLIBC_2.17", "GLIBC_2.34", "GLIBC_2.38"];
        let versions = order.map(|name| glibc_version(name).unwrap());
        assert!(versions.is_sorted());
        assert_eq!(versions.map(|version| version.to_string()), ["2.2.5", "2.9", "2.17", "2.34", "2.38"]);
        for other in ["GCC_3.0", "GLIBCXX_3.4", "GLIBC_PRIVATE", "GLIBC_2"] {
            assert_eq!(glibc_version(other), None, "{other}");
        }
    }

    #[test]
    fn a_symbol_that_is_too_new_is_named() {
        let needs = [need("read", "GLIBC_2.2.5"), need("__isoc23_strtol", "GLIBC_2.38")];
        let why = too_new(&needs, NEWEST).unwrap_err();
        assert!(why.starts_with("needs a newer glibc than 2.34"), "{why}");
        assert!(why.contains(": __isoc23_strtol (2.38). "), "{why}");
        assert_eq!(too_new(&needs[..1], NEWEST), Ok(()));
        assert_eq!(too_new(&[need("pthread_create", "GLIBC_2.34")], NEWEST), Ok(()));
    }

    #[test]
    fn a_real_program_says_what_it_needs() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let needs = needs(&this).unwrap();
        assert!(needs.iter().any(|need| need.symbol == "__libc_start_main"), "{needs:?}");
        let none = Version { major: 1, minor: 0, patch: 0 };
        assert!(too_new(&needs, none).unwrap_err().contains("__libc_start_main"));
    }

    #[test]
    fn what_is_no_program_is_said_to_be_none() {
        assert!(needs(b"#!/bin/sh\n").unwrap_err().starts_with("it cannot be read"));
    }
}
