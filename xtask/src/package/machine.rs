//! Which machine a program is for: one in the wrong folder would only be found out by Lambda, when it does not start.

use object::Architecture;
use object::read::{File, Object};

use super::target::Arch;

/// Fails where the program is for another machine than this.
pub(super) fn is_for(program: &[u8], arch: Arch) -> Result<(), String> {
    let file = File::parse(program).map_err(|error| format!("it cannot be read as a program: {error}"))?;
    let wanted = match arch {
        Arch::X86 => Architecture::X86_64,
        Arch::Arm64 => Architecture::Aarch64,
    };
    if file.architecture() == wanted {
        return Ok(());
    }
    Err(format!("it is for {:?}, and not for {arch}", file.architecture()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_this_machine_is_for_one_of_the_two() {
        let this = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        let (own, other): (Vec<Arch>, Vec<Arch>) =
            Arch::ALL.into_iter().partition(|arch| is_for(&this, *arch).is_ok());
        assert_eq!((own.len(), other.len()), (1, 1));
        let why = is_for(&this, other[0]).unwrap_err();
        assert!(why.ends_with(&format!("and not for {}", other[0])), "{why}");
        assert!(is_for(b"#!/bin/sh\n", own[0]).unwrap_err().starts_with("it cannot be read"));
    }
}
