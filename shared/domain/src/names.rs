//! Names as people see them: what somebody types or copies is compared with a catalogue's name by this alone.
//!
//! A keyboard, a phone's autocorrection and a copied message change case, quotes, dashes and white space, and add
//! characters that nobody sees. None of that makes another name.

use icu_normalizer::ComposingNormalizer;

/// Names that are suggested for one that is not there, at most.
pub const SUGGESTIONS_MAX: usize = 3;
/// Longest text that is compared, in characters. The longest name has 64, and no quoting adds so many.
const COMPARED_MAX_CHARS: usize = 256;

/// The text in the one form in which names are compared. Two names are the same if their forms are.
///
/// Compatibility forms and case are folded, invisible characters dropped, white space collapsed, dashes and quotes made
/// one kind. Quotes, brackets and formatting marks around, an `@`, a `#` or a bullet before, and punctuation after are dropped
/// unless nothing else is left.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut text: String = text.chars().take(COMPARED_MAX_CHARS).map(one_kind).collect();
    // Folding can undo a normal form, and a normal form can bring back what was dropped.
    for _ in 0..2 {
        let normal = ComposingNormalizer::new_nfkc().normalize(&text).into_owned();
        text = normal.chars().filter(|c| !is_invisible(*c)).map(one_kind).flat_map(fold_case).collect();
    }
    let normal = ComposingNormalizer::new_nfkc().normalize(&text);
    let spaced = collapse(&normal);
    strip(&spaced).to_owned()
}

/// Whether people see the same name.
#[must_use]
pub fn alike(a: &str, b: &str) -> bool {
    let folded = fold(a);
    !folded.is_empty() && folded == fold(b)
}

/// The name that was typed: the one that is exactly it, or else the only one that is [`alike`].
pub fn find<'a, N>(names: impl IntoIterator<Item = &'a N>, typed: &str) -> Option<&'a N>
where
    N: AsRef<str> + ?Sized + 'a,
{
    let wanted = fold(typed);
    let mut found = None;
    let mut several = false;
    for name in names {
        if name.as_ref() == typed {
            return Some(name);
        }
        if !wanted.is_empty() && fold(name.as_ref()) == wanted {
            several = found.is_some();
            found = Some(name);
        }
    }
    found.filter(|_| !several)
}

/// The names that were probably meant, the likeliest first: [`SUGGESTIONS_MAX`] at most.
pub fn closest<'a, N>(names: impl IntoIterator<Item = &'a N>, typed: &str) -> Vec<&'a N>
where
    N: AsRef<str> + ?Sized + 'a,
{
    let wanted = bare(&fold(typed));
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut near: Vec<(usize, &N)> = names
        .into_iter()
        .filter_map(|name| distance(&wanted, &bare(&fold(name.as_ref()))).map(|distance| (distance, name)))
        .collect();
    near.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.as_ref().cmp(b.1.as_ref())));
    near.into_iter().take(SUGGESTIONS_MAX).map(|(_, name)| name).collect()
}

/// Characters that show nothing: Unicode's default ignorable code points, noncharacters, and controls but white space.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    let is_ignorable = matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{FFF0}'..='\u{FFF8}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}'
        | '\u{E0000}'..='\u{E0FFF}');
    let is_noncharacter = matches!(c, '\u{FDD0}'..='\u{FDEF}') || u32::from(c) & 0xFFFE == 0xFFFE;
    is_ignorable || is_noncharacter || (c.is_control() && !c.is_whitespace())
}

/// Whether a text shows nothing: it is empty, or white space and characters that nobody sees.
#[must_use]
pub fn shows_nothing(text: &str) -> bool {
    // An empty cell of Braille is a blank that is no white space.
    text.chars().all(|c| c.is_whitespace() || is_invisible(c) || c == '\u{2800}')
}

/// Whether a character is a quote of any kind, or a backtick.
#[must_use]
pub fn is_quote(c: char) -> bool {
    matches!(one_kind(c), '"' | '\'')
}

/// Quotes and dashes of every kind are `"`, `'` and `-`.
#[must_use]
pub fn one_kind(c: char) -> char {
    match c {
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' | '‶' | '〝' | '〞' | '〟' | '＂' | '❝' | '❞' => {
            '"'
        }
        '‘' | '’' | '‚' | '‛' | '‹' | '›' | '′' | '‵' | '`' | '´' | '＇' | '｀' | '❛' | '❜' => {
            '\''
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => '-',
        c => c,
    }
}

/// Full case folding by the standard library's tables: what has the same capital is the same.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    // The dotless i is a letter of its own, though its capital is not.
    let is_kept = c == 'ı';
    let kept = is_kept.then_some(c);
    let folded = (!is_kept).then(|| c.to_uppercase().flat_map(char::to_lowercase));
    kept.into_iter().chain(folded.into_iter().flatten())
}

fn collapse(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Takes off what stands around a name, for as long as something is left.
fn strip(text: &str) -> &str {
    let mut rest = text;
    loop {
        let shorter = [
            rest.strip_prefix(is_quote),
            rest.strip_suffix(is_quote),
            rest.strip_prefix(['@', '#', '•']),
            rest.strip_suffix([',', ';', ':', '.']),
            enclosed(rest),
        ];
        let shorter = shorter.into_iter().flatten().map(str::trim).find(|shorter| !shorter.is_empty());
        match shorter {
            Some(shorter) => rest = shorter,
            None => return rest,
        }
    }
}

/// What a pair of brackets or formatting marks encloses.
fn enclosed(text: &str) -> Option<&str> {
    [('<', '>'), ('(', ')'), ('[', ']'), ('{', '}'), ('*', '*'), ('_', '_'), ('~', '~')]
        .into_iter()
        .find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close))
}

/// Letters and digits alone, so that `data lake`, `data-lake` and `datalake` are close.
fn bare(folded: &str) -> Vec<char> {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// How far two names are apart; none when one is not a misspelling or a part of the other.
fn distance(typed: &[char], name: &[char]) -> Option<usize> {
    if name.is_empty() {
        return None;
    }
    let edits = edits(typed, name);
    let is_misspelt = edits * 3 <= typed.len().max(name.len());
    // One letter is a part of nearly every name.
    let is_part =
        |part: &[char], whole: &[char]| part.len() > 1 && whole.windows(part.len()).any(|w| w == part);
    if is_misspelt {
        Some(edits)
    } else {
        (is_part(typed, name) || is_part(name, typed)).then_some(COMPARED_MAX_CHARS + edits)
    }
}

/// Letters to add, drop or replace, or neighbours to swap, to make one of the other.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut previous: Option<char> = None;
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let at = |cells: &[usize], index: usize| cells.get(index).copied().unwrap_or(usize::MAX - 1);
            let mut least =
                (at(&above, j) + usize::from(x != y)).min(at(&above, j + 1) + 1).min(at(&row, j) + 1);
            let is_swapped = j > 0 && b.get(j - 1) == Some(x) && previous == Some(*y);
            if is_swapped {
                least = least.min(at(&before, j - 1) + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
        previous = Some(*x);
    }
    above.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests;
