//! The table of what was packaged.

use super::glibc::Version;

/// One program for one architecture.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) program: &'static str,
    pub(super) arch: &'static str,
    pub(super) binary_bytes: usize,
    pub(super) zip_bytes: usize,
    /// The oldest glibc that it runs on; none where it takes nothing from glibc.
    pub(super) glibc: Option<Version>,
}

/// Sizes in MB of a million bytes, as Lambda's limits have them.
pub(super) fn table(rows: &[Row]) -> String {
    rows.iter().fold(String::from("program    arch    binary MB  zip MB  glibc\n"), |text, row| {
        let Row { program, arch, .. } = row;
        let (binary, zip) = (megabytes(row.binary_bytes), megabytes(row.zip_bytes));
        let glibc = row.glibc.map_or_else(|| "none".to_owned(), |version| version.to_string());
        format!("{text}{program:<11}{arch:<8}{binary:>9}{zip:>8}  {glibc}\n")
    })
}

fn megabytes(bytes: usize) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::super::glibc::NEWEST;
    use super::*;

    #[test]
    fn sizes_stand_below_each_other() {
        let row = |program, binary_bytes, zip_bytes, glibc| Row {
            program,
            arch: "x86_64",
            binary_bytes,
            zip_bytes,
            glibc,
        };
        let rows = [
            row("ingress", 7_654_321, 2_900_000, Some(NEWEST)),
            row("provision", 12_000_000, 4_999_999, None),
        ];
        assert_eq!(
            table(&rows),
            "program    arch    binary MB  zip MB  glibc\n\
             ingress    x86_64       7.65    2.90  2.34\n\
             provision  x86_64      12.00    5.00  none\n"
        );
    }
}
