//! Every way of writing a duration, and every text that is none.

use proptest::prelude::*;

use super::*;

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

fn seconds(text: &str) -> Result<u32, InvalidDuration> {
    GrantDuration::parse(text).map(GrantDuration::seconds)
}

#[test]
fn what_programs_and_copied_texts_add_changes_nothing() {
    for (text, meant) in [
        ("(2h)", 2 * HOUR),
        ("*2 hours*", 2 * HOUR),
        ("_“90 min”_.", 90 * MINUTE),
        ("<2h>", 2 * HOUR),
        ("2 hour(s)", 2 * HOUR),
        ("1h + 30m", 90 * MINUTE),
        ("PT2H", 2 * HOUR),
        ("pt1h30m", 90 * MINUTE),
        ("P1D", DAY),
        ("P1DT2H30M", DAY + 150 * MINUTE),
        ("p2w", 14 * DAY),
        ("PT90M", 90 * MINUTE),
        ("PT0.5H", 30 * MINUTE),
        ("forty-five minutes", 45 * MINUTE),
        ("Forty five minutes", 45 * MINUTE),
        ("eighteen hours", 18 * HOUR),
        ("twenty-four hours", 24 * HOUR),
        ("a quarter of an hour", 15 * MINUTE),
        ("quarter of an hour", 15 * MINUTE),
        ("three quarters of an hour", 45 * MINUTE),
    ] {
        assert_eq!(seconds(text), Ok(meant), "{text}");
    }
}

#[test]
fn what_people_write_means_what_it_says() {
    for (text, length) in [
        ("90m", 90 * MINUTE),
        ("2h", 2 * HOUR),
        ("1d", DAY),
        ("1h30m", 90 * MINUTE),
        ("45s", 45),
        (" 1H 30M ", 90 * MINUTE),
        ("1m", MINUTE),
        ("1M", MINUTE),
        ("2H", 2 * HOUR),
        ("2h.", 2 * HOUR),
        ("2h,", 2 * HOUR),
        ("2h!", 2 * HOUR),
        ("2 h", 2 * HOUR),
        ("2hrs", 2 * HOUR),
        ("2 hrs.", 2 * HOUR),
        ("2 hr. 30 min.", 2 * HOUR + 30 * MINUTE),
        ("2 hours", 2 * HOUR),
        ("2 Hours", 2 * HOUR),
        ("90 min", 90 * MINUTE),
        ("90min", 90 * MINUTE),
        ("90 minutes", 90 * MINUTE),
        ("90minutes", 90 * MINUTE),
        ("30 secs", 30),
        ("1 day", DAY),
        ("1 week", 7 * DAY),
        ("2w", 14 * DAY),
        ("1w2d", 9 * DAY),
        ("52w", 364 * DAY),
        ("365d", 365 * DAY),
        ("1.5h", 90 * MINUTE),
        ("1,5h", 90 * MINUTE),
        ("1,5 h", 90 * MINUTE),
        ("1.5 hours", 90 * MINUTE),
        ("0.5h", 30 * MINUTE),
        (".5h", 30 * MINUTE),
        ("1.25h", 75 * MINUTE),
        ("1.50h", 90 * MINUTE),
        ("2.0 hours", 2 * HOUR),
        ("½ hour", 30 * MINUTE),
        ("1½h", 90 * MINUTE),
        ("1¾ hours", 105 * MINUTE),
        ("1 ½ hours", 90 * MINUTE),
        ("2h…", 2 * HOUR),
        ("1h 30m", 90 * MINUTE),
        ("1h, 30m", 90 * MINUTE),
        ("1h,30m", 90 * MINUTE),
        ("1 hour 30 minutes", 90 * MINUTE),
        ("1 hour and 30 minutes", 90 * MINUTE),
        ("1 hour, and 30 minutes", 90 * MINUTE),
        ("1hour30minutes", 90 * MINUTE),
        ("1h & 30m", 90 * MINUTE),
        ("an hour", HOUR),
        ("a day", DAY),
        ("a week", 7 * DAY),
        ("one hour", HOUR),
        ("two hours", 2 * HOUR),
        ("thirty minutes", 30 * MINUTE),
        ("half an hour", 30 * MINUTE),
        ("half a day", DAY / 2),
        ("half hour", 30 * MINUTE),
        ("half-hour", 30 * MINUTE),
        ("a half hour", 30 * MINUTE),
        ("an hour and a half", 90 * MINUTE),
        ("one and a half hours", 90 * MINUTE),
        ("1 and a half hours", 90 * MINUTE),
        ("2 hours and a half", 150 * MINUTE),
        ("an hour and half an hour", 0),
        ("2-hour", 2 * HOUR),
        ("90‑minutes", 90 * MINUTE),
        ("for 2h", 2 * HOUR),
        ("For two hours", 2 * HOUR),
        ("2\u{A0}hours", 2 * HOUR),
        ("\u{FEFF}2\u{200B}h\u{2060}", 2 * HOUR),
        ("2\u{202F}h", 2 * HOUR),
        ("２ｈ", 2 * HOUR),
        ("２　hours", 2 * HOUR),
        ("٢ h", 2 * HOUR),
        ("\"2h\"", 2 * HOUR),
        ("“2 hours”", 2 * HOUR),
        ("'2h'.", 2 * HOUR),
        ("`2h`", 2 * HOUR),
        ("2h 0m", 2 * HOUR),
        ("007m", 7 * MINUTE),
    ] {
        if length == 0 {
            assert_eq!(seconds(text), Err(InvalidDuration::Order), "{text:?}");
        } else {
            assert_eq!(seconds(text), Ok(length), "{text:?}");
        }
    }
}

#[test]
fn what_is_ambiguous_or_no_duration_says_why() {
    use InvalidDuration::{Empty, Order, TooLong, Zero};
    let no_unit = |number: &str| InvalidDuration::NoUnit { number: number.into() };
    let no_number = |unit: &str| InvalidDuration::NoNumber { unit: unit.into() };
    let unknown = |word: &str| InvalidDuration::Unknown { word: word.into() };
    let calendar = |word: &str| InvalidDuration::Calendar { word: word.into() };
    let ambiguous = |number: &str| InvalidDuration::Ambiguous { number: number.into() };
    for (text, why) in [
        ("", Empty),
        ("  ", Empty),
        ("“”", Empty),
        ("for", Empty),
        ("2", no_unit("2")),
        ("90", no_unit("90")),
        ("1.5", no_unit("1.5")),
        ("two", no_unit("two")),
        ("1h30", no_unit("30")),
        ("1h 30", no_unit("30")),
        ("1 000 m", no_unit("1")),
        ("h", no_number("h")),
        ("hours", no_number("hours")),
        ("-1h", unknown("-")),
        ("soon", unknown("soon")),
        ("2 pints", unknown("pints")),
        ("2x", unknown("x")),
        ("2 hours please", unknown("please")),
        ("1h and", unknown("and")),
        ("2-3h", unknown("2-")),
        ("~2h", unknown("~")),
        ("<2h", unknown("<")),
        ("2²h", unknown("2²")),
        ("1/2 hour", unknown("1/")),
        ("5pm", unknown("pm")),
        ("until 5pm", unknown("until")),
        ("a couple of hours", unknown("couple")),
        ("1 month", calendar("month")),
        ("2mo", calendar("mo")),
        ("1y", calendar("y")),
        ("a year", calendar("year")),
        ("P1M", calendar("p1m")),
        ("P1Y2M10DT2H30M", calendar("p1y2m10dt2h30m")),
        ("P", unknown("p")),
        ("PT", unknown("pt")),
        ("p1d 2h", unknown("p")),
        ("PTSD", unknown("ptsd")),
        ("1:30", ambiguous("1:")),
        ("01:30:00", ambiguous("01:")),
        ("1.30h", ambiguous("1.30")),
        ("1,500m", ambiguous("1,500")),
        ("1.500m", ambiguous("1.500")),
        ("30m1h", Order),
        ("1h1h", Order),
        ("30 minutes and 1 hour", Order),
        ("0m", Zero),
        ("0.0h", Zero),
        ("366d", TooLong),
        ("53w", TooLong),
        ("99999999999999999999999999d", TooLong),
    ] {
        assert_eq!(seconds(text), Err(why), "{text:?}");
    }
    assert!(seconds(&"1h ".repeat(100)).is_err());
}

#[test]
fn a_duration_is_read_off_the_beginning_of_a_sentence() {
    for (text, length, used) in [
        ("2h", 2 * HOUR, 1),
        ("1h 30m fix the ledger", 90 * MINUTE, 2),
        ("2 hours because of a bug", 2 * HOUR, 2),
        ("for 2h because of a bug", 2 * HOUR, 2),
        ("2h, a bug", 2 * HOUR, 1),
        ("2h a bug", 2 * HOUR, 1),
        ("2h. A bug", 2 * HOUR, 1),
        ("1 hour and 30 minutes, a bug", 90 * MINUTE, 5),
        ("an hour and a half of work", 90 * MINUTE, 5),
        ("half an hour to look", 30 * MINUTE, 3),
        ("1h 30 servers down", HOUR, 1),
        ("1h and then more", HOUR, 1),
        ("2h a day after the incident", 2 * HOUR, 1),
        ("1h 5xx errors", HOUR, 1),
    ] {
        let words: Vec<&str> = text.split_whitespace().collect();
        let read = GrantDuration::read_prefix(&words).map(|(duration, used)| (duration.seconds(), used));
        assert_eq!(read, Ok((length, used)), "{text}");
    }
    for text in
        ["1h 30", "30m 1h", "30m 1h fix", "30 minutes; 1 hour", "soon", "2", "2 servers", "", "1h30 fix"]
    {
        let words: Vec<&str> = text.split_whitespace().collect();
        assert!(GrantDuration::read_prefix(&words).is_err(), "{text}");
    }
}

#[test]
fn written_for_people() {
    assert_eq!(GrantDuration::parse("90m").unwrap().to_string(), "1 hour 30 minutes");
    assert_eq!(GrantDuration::parse("24h1s").unwrap().to_string(), "1 day 1 second");
    assert_eq!(serde_json::to_string(&GrantDuration::parse("1 week").unwrap()).unwrap(), "\"7d\"");
}

proptest! {
    #[test]
    fn what_is_written_back_reads_back(seconds in 1_u64..=SECONDS_MAX) {
        let duration = GrantDuration::from_seconds(seconds).unwrap();
        prop_assert_eq!(GrantDuration::parse(&duration.compact()), Ok(duration));
        prop_assert_eq!(GrantDuration::parse(&duration.to_string()), Ok(duration));
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        let _answered = GrantDuration::parse(&text);
    }

    #[test]
    fn nearly_a_duration_is_answered(text in "(for )?([0-9½.,:-]{0,4} ?(an?|half|and|h|hours|min\\.?|mo|'|)[ ,]?){0,6}") {
        let words: Vec<&str> = text.split_whitespace().collect();
        if let Ok((_, used)) = GrantDuration::read_prefix(&words) {
            prop_assert!(used >= 1 && used <= words.len());
        }
    }
}
