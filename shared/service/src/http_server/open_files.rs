//! How many files the process may open, which connections are among.

/// Files that are left for everything else: queues, tables, logs, and what is asked of Slack.
const FOR_THE_REST: usize = 256;

/// Files of a connection on which a request is in work: its own, and that of a call which the request makes.
const OF_A_CONNECTION: usize = 2;

/// So many connections, or as many as leave enough files for the rest.
pub(super) fn at_most(connections: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    bounded(connections, files(&limits))
}

fn bounded(connections: usize, files: Option<usize>) -> usize {
    let Some(files) = files else { return connections };
    // Where there are hardly any, half of them are better than none.
    let for_connections = files.saturating_sub(FOR_THE_REST).max(files / 2);
    connections.min(for_connections / OF_A_CONNECTION).max(1)
}

/// Linux has it in a line of this file; elsewhere nothing is known.
fn files(limits: &str) -> Option<usize> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_files_for_the_rest() {
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        assert_eq!(files(limits), Some(1_024));
        assert_eq!(files("Max open files            unlimited            unlimited            files"), None);
        assert_eq!(files(""), None);
        assert_eq!((bounded(4_096, None), bounded(4_096, Some(524_288))), (4_096, 4_096));
        assert_eq!((bounded(4_096, Some(1_024)), bounded(4_096, Some(256))), (384, 64));
        assert_eq!((bounded(2, Some(1_024)), bounded(2, Some(0))), (2, 1));
    }
}
