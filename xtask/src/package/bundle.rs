//! A program as the zip that Lambda takes: one file, `bootstrap`. The same program gives the same bytes.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::time::UtcDateTime;
use rawzip::{CompressionMethod, ZipArchiveWriter};

/// The name that `provided.al2023` starts.
const NAME: &str = "bootstrap";
/// Everybody may run it, and only its owner write it.
const MODE: u32 = 0o755;
/// The start of 1980, which is where a zip's time begins: no build's own time makes two zips differ.
const MODIFIED_SECONDS: i64 = 315_532_800;

/// What matters about a zip. Lambda unpacks both alike.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wish {
    /// It is made at once, to be tried and thrown away.
    Quick,
    /// It is small, and takes seconds to make.
    Small,
}

/// The zip's bytes.
pub(crate) fn bundle(program: &[u8], wish: Wish) -> Result<Vec<u8>, String> {
    write(program, wish).map_err(|error| format!("it cannot be put into a zip: {error}"))
}

fn write(program: &[u8], wish: Wish) -> Result<Vec<u8>, rawzip::Error> {
    let mut zip = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut zip);
    let (mut entry, config) = archive
        .new_file(NAME)
        .compression_method(CompressionMethod::DEFLATE)
        .last_modified(UtcDateTime::from_unix(MODIFIED_SECONDS))
        .unix_permissions(MODE)
        .start()?;
    let level = match wish {
        Wish::Quick => Compression::fast(),
        Wish::Small => Compression::best(),
    };
    let mut writer = config.wrap(DeflateEncoder::new(&mut entry, level));
    writer.write_all(program)?;
    let (encoder, descriptor) = writer.finish()?;
    encoder.finish()?;
    entry.finish(descriptor)?;
    archive.finish()?;
    Ok(zip)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::bufread::DeflateDecoder;
    use rawzip::ZipArchive;

    use super::*;

    #[test]
    fn the_zip_holds_the_program_as_an_executable_bootstrap() {
        let program: Vec<u8> = (0..260_000_u32).flat_map(|number| (number * 7).to_le_bytes()).collect();
        for wish in [Wish::Quick, Wish::Small] {
            holds(&program, &bundle(&program, wish).unwrap());
        }
    }

    fn holds(program: &[u8], zip: &[u8]) {
        assert!(zip.len() < program.len() / 2);
        let archive = ZipArchive::from_slice(zip).unwrap();
        let mut entries = archive.entries();
        let entry = entries.next_entry().unwrap().unwrap();
        assert_eq!(entry.file_path().try_normalize().unwrap().as_ref(), "bootstrap");
        assert_eq!(entry.mode().value() & 0o777, 0o755);
        let found = archive.get_entry(entry.wayfinder()).unwrap();
        let mut unpacked = Vec::new();
        found.verifying_reader(DeflateDecoder::new(found.data())).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, program);
        assert!(entries.next_entry().unwrap().is_none());
    }

    #[test]
    fn the_same_program_gives_the_same_zip() {
        for wish in [Wish::Quick, Wish::Small] {
            assert_eq!(bundle(b"one", wish).unwrap(), bundle(b"one", wish).unwrap());
            assert_ne!(bundle(b"one", wish).unwrap(), bundle(b"two", wish).unwrap());
        }
    }
}
