//! The grammar of durations: amounts and units, the largest unit first.

use super::invalid::InvalidDuration;
use crate::names::{is_invisible, is_quote, one_kind};

/// Longest text that is read as a duration, in characters.
const DURATION_TEXT_MAX_CHARS: usize = 128;

/// Longest piece of a typed text that an error quotes, in characters.
const QUOTED_MAX_CHARS: usize = 24;

/// A piece of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// A number, as a fraction.
    Number(Amount, String),
    /// Letters, in lower case.
    Word(String),
    /// `,`, `&` or `+`, which separate parts.
    Separator(char),
    /// A hyphen, as in `2-hour`.
    Hyphen,
    /// Something else.
    Sign(char),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Amount {
    numerator: u64,
    denominator: u64,
}

impl Amount {
    const HALF: Self = Self { numerator: 1, denominator: 2 };
    const QUARTER: Self = Self { numerator: 1, denominator: 4 };
    const THREE_QUARTERS: Self = Self { numerator: 3, denominator: 4 };

    fn whole(number: u64) -> Self {
        Self { numerator: number, denominator: 1 }
    }

    fn and_a_half(self) -> Self {
        let numerator = self.numerator.saturating_mul(2).saturating_add(self.denominator);
        Self { numerator, denominator: self.denominator.saturating_mul(2) }
    }

    /// Rounded down: never longer than was asked for.
    fn of(self, unit: u64) -> u64 {
        let seconds = u128::from(self.numerator) * u128::from(unit) / u128::from(self.denominator.max(1));
        u64::try_from(seconds).unwrap_or(u64::MAX)
    }
}

/// The seconds that a text says.
pub(super) fn seconds(text: &str) -> Result<u64, InvalidDuration> {
    let text = plain(text)?;
    let pieces = pieces(&iso_8601(&text)?.unwrap_or(text))?;
    let mut rest = match pieces.as_slice() {
        [Piece::Word(word), rest @ ..] if word == "for" => rest,
        all => all,
    };
    if rest.is_empty() {
        return Err(InvalidDuration::Empty);
    }
    let (mut total, mut smallest) = (0_u64, u64::MAX);
    while !rest.is_empty() {
        if smallest != u64::MAX {
            rest = after_separators(rest)?;
        }
        let (amount, written, after) = amount(rest)?;
        let (unit, after) = unit(&written, after)?;
        let (amount, after) = half_more(amount, after);
        if unit >= smallest {
            return Err(InvalidDuration::Order);
        }
        smallest = unit;
        total = total.saturating_add(amount.of(unit));
        rest = after;
    }
    Ok(total)
}

/// Without what keyboards and copying add: invisible characters, quotes, brackets and formatting marks around, punctuation
/// at the end.
fn plain(text: &str) -> Result<String, InvalidDuration> {
    if text.chars().count() > DURATION_TEXT_MAX_CHARS {
        return Err(unknown(text));
    }
    let text: String = text.chars().filter(|c| !is_invisible(*c)).map(half_width).collect();
    let around = |c: char| c.is_whitespace() || is_quote(c);
    let after = |c: char| around(c) || matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '…');
    let mut rest = text.trim_start_matches(around).trim_end_matches(after);
    while let Some(inner) = enclosed(rest) {
        rest = inner.trim_start_matches(around).trim_end_matches(after);
    }
    Ok(rest.to_lowercase().replace("(s)", "s"))
}

/// What programs write, by ISO 8601, as people write it: `P1DT2H` is `1d 2h`. Before the `T` an `M` is a month.
fn iso_8601(text: &str) -> Result<Option<String>, InvalidDuration> {
    let Some(rest) = text.strip_prefix('p') else { return Ok(None) };
    let (days, time) = rest.split_once('t').unwrap_or((rest, ""));
    let is_part =
        |part: &str| part.is_empty() || (starts_with_digit(part) && !part.contains(char::is_whitespace));
    if rest.trim_start_matches('t').is_empty() || !is_part(days) || !is_part(time) {
        return Ok(None);
    }
    if days.contains(['m', 'y']) {
        return Err(InvalidDuration::Calendar { word: quoted(text) });
    }
    Ok(Some(format!("{days} {time}")))
}

/// What a pair of brackets or formatting marks encloses.
fn enclosed(text: &str) -> Option<&str> {
    [('(', ')'), ('[', ']'), ('{', '}'), ('<', '>'), ('*', '*'), ('_', '_'), ('~', '~')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// Digits and letters of East Asian width, and the digits of Arabic keyboards, as ASCII has them.
fn half_width(c: char) -> char {
    let shifted = |from: char, to: char| char::from_u32(u32::from(c) - u32::from(from) + u32::from(to));
    let ascii = match c {
        '\u{FF01}'..='\u{FF5E}' => shifted('\u{FF01}', '!'),
        '\u{660}'..='\u{669}' => shifted('\u{660}', '0'),
        '\u{6F0}'..='\u{6F9}' => shifted('\u{6F0}', '0'),
        _ => None,
    };
    one_kind(ascii.unwrap_or(c))
}

fn pieces(text: &str) -> Result<Vec<Piece>, InvalidDuration> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let is_number =
            c.is_ascii_digit() || vulgar(c).is_some() || (c == '.' && starts_with_digit(&rest[1..]));
        let length = if c.is_whitespace() {
            c.len_utf8()
        } else if is_number {
            let (piece, length) = number(rest)?;
            pieces.push(piece);
            length
        } else if c.is_alphabetic() {
            let length = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length);
            pieces.push(if word == "and" { Piece::Separator('&') } else { Piece::Word(word.to_owned()) });
            // `hr.` and `min.` are abbreviations.
            length + usize::from(after.starts_with('.'))
        } else {
            pieces.push(match c {
                ',' | '&' | '+' => Piece::Separator(c),
                '-' => Piece::Hyphen,
                other => Piece::Sign(other),
            });
            c.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(pieces)
}

/// The number at the beginning of a text, and its length in bytes.
fn number(text: &str) -> Result<(Piece, usize), InvalidDuration> {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let whole_length = digits(text);
    let (whole, after) = text.split_at(whole_length);
    let whole_number: u64 = if whole.is_empty() { 0 } else { whole.parse().unwrap_or(u64::MAX) };
    let (amount, length) = match after.chars().next() {
        Some(point @ ('.' | ',')) if starts_with_digit(&after[1..]) => {
            let length = whole_length + 1 + digits(&after[1..]);
            let written = &text[..length];
            let fraction = &after[1..=digits(&after[1..])];
            let (numerator, denominator) = match (fraction, point) {
                ("25", _) => (1, 4),
                ("5" | "50", _) => (1, 2),
                ("75", _) => (3, 4),
                ("0" | "00", '.') => (0, 1),
                // Two digits may be minutes, and three a part of a thousand.
                (tenth, _) if tenth.len() == 1 => (tenth.parse().unwrap_or(0), 10),
                _ => return Err(InvalidDuration::Ambiguous { number: quoted(written) }),
            };
            let numerator = whole_number.saturating_mul(denominator).saturating_add(numerator);
            (Amount { numerator, denominator }, length)
        }
        // `1½` and `1 ½`.
        Some(_) => match after.trim_start().chars().next().and_then(|sign| Some((sign, vulgar(sign)?))) {
            Some((sign, (numerator, denominator))) => {
                let numerator = whole_number.saturating_mul(denominator).saturating_add(numerator);
                let spaces = after.len() - after.trim_start().len();
                (Amount { numerator, denominator }, whole_length + spaces + sign.len_utf8())
            }
            None => (Amount::whole(whole_number), whole_length),
        },
        None => (Amount::whole(whole_number), whole_length),
    };
    Ok((Piece::Number(amount, quoted(&text[..length])), length))
}

/// What is between two parts.
fn after_separators(pieces: &[Piece]) -> Result<&[Piece], InvalidDuration> {
    let mut rest = pieces;
    while let [Piece::Separator(_), after @ ..] = rest {
        rest = after;
    }
    if rest.is_empty() { Err(InvalidDuration::Unknown { word: "and".to_owned() }) } else { Ok(rest) }
}

/// How many, as it was written, and what follows.
fn amount(pieces: &[Piece]) -> Result<(Amount, String, &[Piece]), InvalidDuration> {
    let (amount, written, rest) = match pieces {
        [Piece::Number(amount, written), rest @ ..] => (*amount, written.clone(), rest),
        [Piece::Word(first), rest @ ..] => {
            let (amount, rest) = match (first.as_str(), rest) {
                ("a", [Piece::Word(half), rest @ ..]) if half == "half" => (Amount::HALF, rest),
                ("a", [Piece::Word(quarter), rest @ ..]) if quarter == "quarter" => {
                    (Amount::QUARTER, of_a(rest))
                }
                ("a" | "an", rest) => (Amount::whole(1), rest),
                ("half", [Piece::Word(article), rest @ ..]) if article == "a" || article == "an" => {
                    (Amount::HALF, rest)
                }
                ("half", rest) => (Amount::HALF, rest),
                ("quarter", rest) => (Amount::QUARTER, of_a(rest)),
                ("three", [Piece::Word(quarters), rest @ ..]) if quarters == "quarters" => {
                    (Amount::THREE_QUARTERS, of_a(rest))
                }
                (word, rest) => match number_words(word, rest) {
                    Some((number, rest)) => (Amount::whole(number), rest),
                    None if unit_seconds(word).is_some() => {
                        return Err(InvalidDuration::NoNumber { unit: quoted(word) });
                    }
                    None => return Err(not_a_unit(word)),
                },
            };
            (amount, first.clone(), rest)
        }
        [Piece::Hyphen, ..] => return Err(unknown("-")),
        [Piece::Separator(sign) | Piece::Sign(sign), ..] => return Err(unknown(&sign.to_string())),
        [] => return Err(InvalidDuration::Empty),
    };
    let (amount, rest) = half_more(amount, rest);
    let rest = match rest {
        [Piece::Hyphen, after @ ..] if matches!(after, [Piece::Word(_), ..]) => after,
        rest => rest,
    };
    Ok((amount, written, rest))
}

/// What follows `of an`, as in `a quarter of an hour`; or what follows at once.
fn of_a(pieces: &[Piece]) -> &[Piece] {
    match pieces {
        [Piece::Word(of), Piece::Word(article), rest @ ..]
            if of == "of" && (article == "a" || article == "an") =>
        {
            rest
        }
        rest => rest,
    }
}

/// `and a half`, after a number or after its unit.
fn half_more(amount: Amount, pieces: &[Piece]) -> (Amount, &[Piece]) {
    match pieces {
        [Piece::Separator('&'), Piece::Word(a), Piece::Word(half), rest @ ..]
            if a == "a"
                && half == "half"
                && !matches!(rest, [Piece::Word(article), ..] if article == "a" || article == "an") =>
        {
            (amount.and_a_half(), rest)
        }
        rest => (amount, rest),
    }
}

fn unit<'a>(number: &str, pieces: &'a [Piece]) -> Result<(u64, &'a [Piece]), InvalidDuration> {
    match pieces {
        [Piece::Word(word), rest @ ..] => {
            unit_seconds(word).map(|seconds| (seconds, rest)).ok_or_else(|| not_a_unit(word))
        }
        [Piece::Sign(':'), ..] => Err(InvalidDuration::Ambiguous { number: format!("{number}:") }),
        [Piece::Hyphen, ..] => Err(unknown(&format!("{number}-"))),
        [Piece::Sign(sign), ..] => Err(unknown(&format!("{number}{sign}"))),
        [Piece::Number(..) | Piece::Separator(_), ..] | [] => {
            Err(InvalidDuration::NoUnit { number: number.to_owned() })
        }
    }
}

fn unit_seconds(word: &str) -> Option<u64> {
    match word {
        "w" | "wk" | "wks" | "week" | "weeks" => Some(604_800),
        "d" | "day" | "days" => Some(86_400),
        "h" | "hr" | "hrs" | "hour" | "hours" => Some(3_600),
        "m" | "min" | "mins" | "minute" | "minutes" => Some(60),
        "s" | "sec" | "secs" | "second" | "seconds" => Some(1),
        _ => None,
    }
}

/// A number in words, `forty five` and `forty-five` too, and what follows it.
fn number_words<'a>(word: &str, rest: &'a [Piece]) -> Option<(u64, &'a [Piece])> {
    let number = number_word(word)?;
    let ones = match rest {
        [Piece::Hyphen, Piece::Word(ones), rest @ ..] | [Piece::Word(ones), rest @ ..] => {
            number_word(ones).filter(|ones| *ones < 10).map(|ones| (ones, rest))
        }
        _ => None,
    };
    match ones {
        Some((ones, rest)) if number >= 20 && number % 10 == 0 => Some((number + ones, rest)),
        _ => Some((number, rest)),
    }
}

fn number_word(word: &str) -> Option<u64> {
    const UP_TO_TWELVE: [&str; 12] =
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let small = UP_TO_TWELVE.iter().position(|known| *known == word).map(|index| index as u64 + 1);
    small.or(match word {
        "thirteen" => Some(13),
        "fourteen" => Some(14),
        "fifteen" => Some(15),
        "sixteen" => Some(16),
        "seventeen" => Some(17),
        "eighteen" => Some(18),
        "nineteen" => Some(19),
        "twenty" => Some(20),
        "thirty" => Some(30),
        "forty" => Some(40),
        "fifty" => Some(50),
        "sixty" => Some(60),
        "seventy" => Some(70),
        "eighty" => Some(80),
        "ninety" => Some(90),
        _ => None,
    })
}

fn not_a_unit(word: &str) -> InvalidDuration {
    match word {
        "mo" | "mos" | "month" | "months" | "y" | "yr" | "yrs" | "year" | "years" => {
            InvalidDuration::Calendar { word: quoted(word) }
        }
        other => unknown(other),
    }
}

fn vulgar(c: char) -> Option<(u64, u64)> {
    match c {
        '¼' => Some((1, 4)),
        '½' => Some((1, 2)),
        '¾' => Some((3, 4)),
        _ => None,
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
}

fn unknown(word: &str) -> InvalidDuration {
    InvalidDuration::Unknown { word: quoted(word) }
}

/// Short, on one line, and without backticks.
fn quoted(text: &str) -> String {
    let line: String = text.chars().filter(|c| !is_invisible(*c)).map(one_kind).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = line.chars().take(QUOTED_MAX_CHARS).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}
