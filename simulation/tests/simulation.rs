//! The system keeps what it promises, whatever goes wrong, as far as these histories go.

use simulation::many::{Limits, Tally, Which, ordinary, pairs, seeds, single_faults, these};
use simulation::{Plan, Scenario, Status};

/// Random histories of the ordinary test run.
const HISTORIES: u64 = 2_000;
/// Histories that nobody has played, of each ordinary run.
const NEW_HISTORIES: u64 = 200;
/// Pairs of faults on happy paths that nobody has played, of each ordinary run.
const NEW_PAIRS: u64 = 100;
/// Seeds in which something did not hold once.
const FOUND: [u64; 26] = [
    4_341,
    5_341,
    5_661,
    7_820,
    1_002_348,
    2_000_007,
    2_000_182,
    2_000_762,
    2_001_699,
    2_001_932,
    2_002_686,
    2_005_513,
    2_007_625,
    2_014_665,
    30_000_086,
    30_000_650,
    30_000_734,
    40_001_760,
    3_693,
    50_006_253,
    120_009_196,
    120_015_565,
    121_006_286,
    121_006_976,
    121_011_670,
    122_035_298,
];
/// Faults that they meet at least; far fewer would mean that faults are not put where calls are.
const FAULTS_MIN: u64 = 2_000;
/// Failing histories after which a run stops: more would tell nothing new.
const ENOUGH: Limits = Limits { time: None, failures: 3 };

#[test]
fn every_single_fault_at_every_call_of_the_happy_paths() {
    let all = ordinary(single_faults(&Scenario::ALL).unwrap());
    assert!(all.len() > 2_000, "only {} histories", all.len());
    let tally = these(&all, ENOUGH, &|_| {}).unwrap();
    all_held(&tally);
    assert_eq!(tally.histories, all.len() as u64);
}

#[test]
fn random_histories() {
    let tally = seeds(0, Some(HISTORIES), ENOUGH, &|_| {}).unwrap();
    all_held(&tally);
    assert_eq!(tally.histories, HISTORIES);
    assert!(tally.faults > FAULTS_MIN, "only {} faults", tally.faults);
    for status in Status::ALL {
        assert!(tally.reached.contains(&status), "no history reaches {status}");
    }
}

#[test]
fn what_did_not_hold_once_holds() {
    all_held(&these(&FOUND.map(Which::Seed), Limits::NONE, &|_| {}).unwrap());
}

/// Their first seed comes from the commit, so each run of a commit plays the same, and each commit plays others. A
/// failure says which seed it was.
#[test]
fn histories_that_nobody_has_played() {
    let tally = seeds(first_seed_of_the_commit(), Some(NEW_HISTORIES), ENOUGH, &|_| {}).unwrap();
    all_held(&tally);
    assert_eq!(tally.histories, NEW_HISTORIES);
}

#[test]
fn pairs_of_faults_that_nobody_has_played() {
    let all = pairs(&Scenario::ALL, first_seed_of_the_commit(), NEW_PAIRS).unwrap();
    all_held(&these(&all, ENOUGH, &|_| {}).unwrap());
    assert_eq!(all.len() as u64, NEW_PAIRS);
}

/// The first digits of the commit's hash; without a repository, of nothing.
fn first_seed_of_the_commit() -> u64 {
    let git = std::process::Command::new("git").args(["rev-parse", "HEAD"]).output();
    let hash = git.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    let digits = hash.get(..8).and_then(|digits| u64::from_str_radix(digits, 16).ok()).unwrap_or_default();
    // Far from every seed that is named anywhere.
    10_000_000_000 + digits * NEW_HISTORIES
}

#[test]
fn a_seed_gives_the_same_history() {
    for seed in 100..112 {
        let once = Which::Seed(seed).play().unwrap().trace;
        let again = std::thread::spawn(move || Which::Seed(seed).play().unwrap().trace);
        assert_eq!(once, again.join().unwrap(), "seed {seed}");
        assert_ne!(once, Which::Seed(seed + 1_000).play().unwrap().trace, "seeds differ");
    }
}

#[test]
fn the_happy_paths_are_what_they_say() {
    let trace = |scenario| Which::Scripted(scenario, Plan::Nothing).play().unwrap().trace.join("\n");
    for (scenario, ends) in [
        (Scenario::User, "is EXPIRED"),
        (Scenario::EndedEarly, "is REVOKED"),
        (Scenario::Session, "is REVOKED"),
        (Scenario::Denied, "is DENIED"),
        (Scenario::Lapsed, "is LAPSED"),
        (Scenario::Extended, "is EXPIRED"),
        (Scenario::Claimed, "is REVOKED"),
        (Scenario::Renewed, "is EXPIRED"),
        (Scenario::ClaimRefused, "is REVOKED"),
        (Scenario::Unclaimed, "is LAPSED"),
        (Scenario::ByRule, "is EXPIRED"),
        (Scenario::BreakGlass, "is EXPIRED"),
        (Scenario::Reminded, "is EXPIRED"),
        (Scenario::PermissionSet, "is EXPIRED"),
        (Scenario::Group, "is REVOKED"),
        (Scenario::Rolling, "is REVOKED"),
    ] {
        assert!(trace(scenario).contains(ends), "{scenario:?}");
    }
    assert!(trace(Scenario::User).contains("ses:SendEmail"));
    assert!(trace(Scenario::Session).contains("sts:AssumeRole"));
    assert!(
        trace(Scenario::Extended).contains("2:00:02             r1 is EXPIRED"),
        "two hours from the click"
    );
    assert_eq!(trace(Scenario::Renewed).matches("sts:AssumeRole").count(), 2);
    for mailed in [Scenario::Claimed, Scenario::Renewed, Scenario::ClaimRefused, Scenario::Unclaimed] {
        assert!(!trace(mailed).contains("ses:SendEmail"), "{mailed:?}: nothing is mailed");
    }
    for made in [Scenario::ClaimRefused, Scenario::Unclaimed] {
        assert!(!trace(made).contains("is made"), "{made:?}: no key ever existed");
    }
}

/// Otherwise it shows the trace of the first history that failed, and how to play it again.
fn all_held(tally: &Tally) {
    let story = tally.failing.first().map(|failing| {
        let trace = failing.trace.join("\n");
        format!("{trace}\n{}\nreplay: cargo xtask simulate {}", failing.violation, failing.which)
    });
    assert!(story.is_none(), "{}", story.unwrap_or_default());
}
