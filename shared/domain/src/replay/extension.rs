//! What a replay of a job about an extension would do.

use super::says::{PreviewContext, ReplayPreview, changes, nothing};
use crate::authorization::extension_click_was_taken_in;
use crate::job::{Click, ExtensionClick};
use crate::lifecycle::is_stale;
use crate::request::{ExtensionOutcome, Request};
use crate::status::Status;

pub(super) fn ask(click: &Click, request: &Request, at: PreviewContext) -> ReplayPreview {
    let is_known =
        |id| request.extensions.list.iter().any(|extension| extension.click_id.as_ref() == Some(id));
    if click.click_id.as_ref().is_some_and(is_known) {
        return nothing("changes nothing: this extension was asked for already");
    }
    if request.status != Status::Active {
        return over(request);
    }
    if is_stale(click.counts_from(at.now), at.now) {
        return changes("asks nobody: the form is too old, and whoever sent it is told so");
    }
    changes("asks the approvers for the extension, if one is possible; otherwise whoever asked is told so")
}

pub(super) fn approve(decision: &ExtensionClick, request: &Request, at: PreviewContext) -> ReplayPreview {
    if extension_click_was_taken_in(request, decision.extension, &decision.click) {
        return nothing("changes nothing: this approval has counted already");
    }
    if !is_open(decision, request) {
        return over(request);
    }
    if is_stale(decision.click.counts_from(at.now), at.now) {
        return changes("extends nothing: the click is too old, and whoever clicked is asked again");
    }
    changes("approves the extension, if whoever clicked may; access would last from their click on")
}

pub(super) fn deny(decision: &ExtensionClick, request: &Request) -> ReplayPreview {
    if is_open(decision, request) {
        return changes("denies the extension, if whoever clicked may");
    }
    over(request)
}

pub(super) fn carry_out(request: &Request) -> ReplayPreview {
    match request.extensions.to_carry_out() {
        Some(_) if request.status == Status::Active => {
            changes("gives the grant the later end that was approved").until(request)
        }
        Some(_) | None => nothing("changes nothing: no extension waits to be carried out"),
    }
}

fn is_open(decision: &ExtensionClick, request: &Request) -> bool {
    let extension = request.extensions.get(decision.extension);
    request.status == Status::Active
        && extension.is_some_and(|extension| extension.outcome == ExtensionOutcome::Open)
}

fn over(request: &Request) -> ReplayPreview {
    nothing(format!(
        "changes nothing: the request is {}, and no extension waits for this; whoever clicked is told so",
        request.status
    ))
}
