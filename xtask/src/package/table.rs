//! The table of what was packaged.

/// One program for one architecture.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) program: &'static str,
    pub(super) arch: &'static str,
    pub(super) binary_bytes: usize,
    pub(super) zip_bytes: usize,
    /// Whether it was started, and how.
    pub(super) started: &'static str,
}

/// Sizes in MB of a million bytes, as Lambda's limits have them.
pub(super) fn table(rows: &[Row]) -> String {
    rows.iter().fold(String::from("program    arch    binary MB  zip MB  started\n"), |text, row| {
        let Row { program, arch, started, .. } = row;
        let (binary, zip) = (megabytes(row.binary_bytes), megabytes(row.zip_bytes));
        format!("{text}{program:<11}{arch:<8}{binary:>9}{zip:>8}  {started}\n")
    })
}

fn megabytes(bytes: usize) -> String {
    format!("{:.2}", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_stand_below_each_other() {
        let row = |program, binary_bytes, zip_bytes, started| Row {
            program,
            arch: "x86_64",
            binary_bytes,
            zip_bytes,
            started,
        };
        let rows = [
            row("ingress", 7_654_321, 2_900_000, "yes"),
            row("provision", 12_000_000, 4_999_999, "under qemu"),
        ];
        assert_eq!(
            table(&rows),
            "program    arch    binary MB  zip MB  started\n\
             ingress    x86_64       7.65    2.90  yes\n\
             provision  x86_64      12.00    5.00  under qemu\n"
        );
    }
}
