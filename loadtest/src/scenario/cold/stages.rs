//! Where the time of a start goes: read from the times in the ingress's log.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// The ingress says these, in this order; each ends a stage that is named for what was done in it.
const STAGES: [(&str, &str); 6] = [
    ("logging", "process, until it logs"),
    ("running", "async runtime"),
    ("configured", "configuration"),
    ("SDK loaded", "SDK, its configuration"),
    ("ready", "secrets, clients, routes"),
    ("queued", "first request, with the first connection"),
];

/// One stage of a start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Stage {
    pub(super) name: &'static str,
    pub(super) took: Duration,
}

/// The stages of a start that began at `begun`, as far as the log has them.
pub(super) fn of(begun: Timestamp, log: &str) -> Vec<Stage> {
    let said: Vec<(String, Timestamp)> = log.lines().filter_map(line).collect();
    let mut stages = Vec::new();
    let mut before = begun;
    for (message, name) in STAGES {
        let Some((_, at)) = said.iter().find(|(text, _)| text == message) else { continue };
        let took = Duration::try_from(at.duration_since(before)).unwrap_or_default();
        stages.push(Stage { name, took });
        before = *at;
    }
    stages
}

fn line(text: &str) -> Option<(String, Timestamp)> {
    let line: Value = serde_json::from_str(text).ok()?;
    let at = line.get("timestamp")?.as_str()?.parse().ok()?;
    Some((line.get("message")?.as_str()?.to_owned(), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_lasts_from_the_one_before_it() {
        let log = "not JSON\n\
            {\"timestamp\":\"2026-11-23T10:00:00.004000Z\",\"level\":\"DEBUG\",\"message\":\"logging\"}\n\
            {\"timestamp\":\"2026-11-23T10:00:00.004500Z\",\"level\":\"DEBUG\",\"message\":\"running\"}\n\
            {\"timestamp\":\"2026-11-23T10:00:00.009000Z\",\"level\":\"INFO\",\"message\":\"queued\"}\n";
        let stages = of("2026-11-23T10:00:00Z".parse().unwrap(), log);
        let micros: Vec<u128> = stages.iter().map(|stage| stage.took.as_micros()).collect();
        assert_eq!(micros, [4_000, 500, 4_500]);
    }
}
