//! The form in which somebody asks to have access for longer.

use domain::request::EXTENSION_REASON_MAX_CHARS;
use domain::{GrantDuration, Request, UnixSeconds};
use serde_json::Value;

use crate::ids::{EXTEND, field};
use crate::messages::extension::what_stays;
use crate::messages::{access, when};
use crate::modals::element::{Field, context, modal, notice, section};
use crate::modals::{About, Entered, Faults, Limits, durations};

const TITLE: &str = "Extend AWS access";
const SUBMIT: &str = "Ask";
/// Longest duration that can be typed, in characters.
const TYPED_MAX_CHARS: usize = 128;
const TYPED: Field = Field::required(field::DURATION, "How much longer, from the approval on");
const CHOICES: Field = Field::optional(field::DURATION, "How much longer, from the approval on");
const DURATION_TEXT: Field = Field::optional(field::DURATION_TEXT, "Or another time");
const JUSTIFICATION: Field = Field::optional(field::JUSTIFICATION, "Why");
const EXAMPLE: &str = "30m, 2h or 1d";

/// What somebody filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// How long access is to last, from the decision.
    pub duration: GrantDuration,
    /// Why, as typed.
    pub justification: Option<String>,
}

/// The form as it opens, before the grant is known.
#[must_use]
pub fn opening(about: &About) -> Value {
    let blocks = [
        context(
            ":hourglass_flowing_sand: I am looking up how long you can have it. You can also just type it.",
        ),
        TYPED.text(EXAMPLE, TYPED_MAX_CHARS, false),
        why(),
    ];
    modal(EXTEND, TITLE, SUBMIT, &about.text(), &blocks)
}

/// The form with the choices that make access last longer than it does, up to `longest`.
#[must_use]
pub fn filled(
    request: &Request,
    about: &About,
    shortest: GrantDuration,
    longest: GrantDuration,
    now: UnixSeconds,
) -> Value {
    let Some(ends_at) = request.access.expires_at else { return cannot("This access has no end.") };
    let left = ends_at.seconds_since(now);
    let longer = durations::longer(shortest, longest, left);
    let Some((options, first)) = longer else {
        return cannot(&format!(
            "Your access to {} lasts until {}, and no approval can make that later now: {longest} from the approval is the \
             most. Ask again when less is left.",
            access(request),
            when(ends_at)
        ));
    };
    let blocks = [
        section(&format!(
            "Your access to {} ends {}. An approver decides, and access then lasts for this long from their decision. {}",
            access(request),
            when(ends_at),
            match what_stays(request) {
                "credential" => "The credential stays the same, and no new email is sent.".to_owned(),
                other => format!("You get in by the same {other} as before."),
            }
        )),
        CHOICES.choices("Choose how long", &options, first),
        DURATION_TEXT.text(EXAMPLE, TYPED_MAX_CHARS, false),
        why(),
    ];
    let about = About {
        shortest: shortest.seconds(),
        longest: longest.seconds(),
        ends_at: Some(ends_at),
        ..about.clone()
    };
    modal(EXTEND, TITLE, SUBMIT, &about.text(), &blocks)
}

/// The form where nothing can be asked for, and why.
#[must_use]
pub fn cannot(why: &str) -> Value {
    notice(EXTEND, TITLE, why)
}

/// What was filled in at `now`, or what is wrong with it.
pub fn read(view: &Value, about: &About, now: UnixSeconds) -> Result<Filled, Faults> {
    let entered = Entered::of(view);
    let (at, typed) = match entered.text(field::DURATION_TEXT) {
        Some(typed) => (field::DURATION_TEXT, Some(typed)),
        None => (field::DURATION, entered.text(field::DURATION)),
    };
    let limits = Limits { shortest: about.shortest, longest: about.longest, ..Limits::default() };
    let mut faults = Faults::new();
    let duration = limits.duration(typed.as_deref(), None).and_then(|duration| {
        let ends_at = about.ends_at.filter(|ends_at| now.after(duration) <= *ends_at);
        ends_at.map_or(Ok(duration), |ends_at| Err(not_longer(duration, ends_at, now)))
    });
    let justification = entered.text(field::JUSTIFICATION);
    let chars = justification.as_deref().map_or(0, |text| text.chars().count());
    if chars > EXTENSION_REASON_MAX_CHARS {
        let why = format!("This has {chars} characters. Keep it to {EXTENSION_REASON_MAX_CHARS}.");
        faults.insert(field::JUSTIFICATION, why);
    }
    match duration {
        Ok(duration) if faults.is_empty() => Ok(Filled { duration, justification }),
        Ok(_) => Err(faults),
        Err(why) => {
            faults.insert(at, why);
            Err(faults)
        }
    }
}

fn not_longer(duration: GrantDuration, ends_at: UnixSeconds, now: UnixSeconds) -> String {
    let minutes = u64::try_from(ends_at.seconds_since(now)).unwrap_or_default().div_ceil(60);
    let left = GrantDuration::from_seconds(minutes * 60).map(|left| format!("for {left} more "));
    format!(
        "Your access lasts {}as it is. {duration} from the approval would not be longer.",
        left.unwrap_or_default()
    )
}

fn why() -> Value {
    JUSTIFICATION.text("What you still need it for", EXTENSION_REASON_MAX_CHARS, true)
}
