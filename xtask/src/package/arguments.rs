//! What `cargo xtask package` is asked for.

use super::zig::Arch;

/// The programs that run on Lambda.
pub(crate) const PROGRAMS: [&str; 4] = ["ingress", "notify", "provision", "revoke"];

const USAGE: &str = "usage: cargo xtask package [--program NAME] [--arch ARCH]";

/// What is to be packaged.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    /// One program; all four where none is named.
    pub(super) program: Option<&'static str>,
    /// One architecture; both where none is named.
    pub(super) arch: Option<Arch>,
}

impl Wanted {
    pub(super) fn programs(&self) -> Vec<&'static str> {
        self.program.map_or_else(|| PROGRAMS.to_vec(), |program| vec![program])
    }

    pub(super) fn archs(&self) -> Vec<Arch> {
        self.arch.map_or_else(|| Arch::ALL.to_vec(), |arch| vec![arch])
    }
}

/// Reads the arguments; each flag once at most.
pub(super) fn read(arguments: &[String]) -> Result<Wanted, String> {
    let mut wanted = Wanted::default();
    for pair in arguments.chunks(2) {
        let [flag, value] = pair else {
            return Err(format!("`{}` has no value; {USAGE}", pair.concat()));
        };
        match flag.as_str() {
            "--program" if wanted.program.is_none() => wanted.program = Some(program(value)?),
            "--arch" if wanted.arch.is_none() => wanted.arch = Some(arch(value)?),
            _ => return Err(format!("`{flag}` was not expected; {USAGE}")),
        }
    }
    Ok(wanted)
}

fn program(name: &str) -> Result<&'static str, String> {
    let found = PROGRAMS.into_iter().find(|program| *program == name);
    found.ok_or_else(|| format!("`{name}` does not run on Lambda; these do: {}", PROGRAMS.join(", ")))
}

fn arch(name: &str) -> Result<Arch, String> {
    let found = Arch::ALL.into_iter().find(|arch| arch.name() == name);
    found.ok_or_else(|| {
        let known = Arch::ALL.map(Arch::name).join(", ");
        format!("`{name}` is not an architecture of Lambda; these are: {known}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(words: &str) -> Result<Wanted, String> {
        read(&words.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn without_arguments_everything_is_wanted() {
        let wanted = typed("").unwrap();
        assert_eq!(wanted.programs(), PROGRAMS);
        assert_eq!(wanted.archs(), Arch::ALL);
    }

    #[test]
    fn one_program_and_one_architecture_may_be_asked_for() {
        let wanted = typed("--arch arm64 --program notify").unwrap();
        assert_eq!(wanted.programs(), ["notify"]);
        assert_eq!(wanted.archs(), [Arch::Arm64]);
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (words, said) in [
            ("--program sandbox", "`sandbox` does not run on Lambda; these do: ingress, notify"),
            ("--arch mips", "`mips` is not an architecture of Lambda; these are: x86_64, arm64"),
            ("--program", "`--program` has no value"),
            ("--fast yes", "`--fast` was not expected"),
            ("--arch arm64 --arch x86_64", "`--arch` was not expected"),
        ] {
            let why = typed(words).unwrap_err();
            assert!(why.starts_with(said), "{words}: {why}");
        }
    }
}
