//! What a process has used, as Linux counts it.

use std::time::Duration;

use serde::Serialize;

/// Length of a tick in which `/proc` counts time: Linux shows programs 100 a second on every machine.
const TICK: Duration = Duration::from_millis(10);
/// Where user and system time stand in `/proc/PID/stat`, counted after the name's closing bracket (proc(5)).
const USER_TIME: usize = 11;
const SYSTEM_TIME: usize = 12;

/// Memory of a process, in KiB.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Memory {
    /// Resident now.
    pub(crate) now_kib: u64,
    /// Resident at most so far.
    pub(crate) most_kib: u64,
}

/// The time on a CPU so far, of all its threads.
pub(crate) fn cpu(pid: u32) -> Option<Duration> {
    cpu_in(&std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The memory that it holds.
pub(crate) fn memory(pid: u32) -> Option<Memory> {
    memory_in(&std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?)
}

fn cpu_in(stat: &str) -> Option<Duration> {
    // The name stands in brackets and may hold spaces and brackets itself.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u32>().ok();
    Some(TICK * (ticks(USER_TIME)? + ticks(SYSTEM_TIME)?))
}

fn memory_in(status: &str) -> Option<Memory> {
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse().ok()
    };
    Some(Memory { now_kib: field("VmRSS:")?, most_kib: field("VmHWM:")? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_shift_the_fields() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194304 90 0 0 0 150 25 0 0 20 0 3 0 100 1 2";
        assert_eq!(cpu_in(stat), Some(Duration::from_millis(1_750)));
    }

    #[test]
    fn this_process_uses_memory() {
        let memory = memory(std::process::id()).unwrap();
        assert!(memory.now_kib > 100 && memory.most_kib >= memory.now_kib, "{memory:?}");
        assert!(cpu(std::process::id()).is_some());
        assert_eq!(
            memory_in("VmRSS:\t  12 kB\nVmHWM:\t 34 kB\n"),
            Some(Memory { now_kib: 12, most_kib: 34 })
        );
    }
}
