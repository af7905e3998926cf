//! The policies of a grant's user or role, and when each inline one ends access.

use aws::iam::{GUARD_POLICY, InlinePolicy};
use domain::UnixSeconds;
use domain::policy::{Ends, ends};
use serde::Serialize;
use service::CallError;

use super::part::Part;
use crate::moment;
use crate::terminal::Terminal;

#[derive(Debug, Serialize)]
pub(super) struct Policies {
    inline_policies: Part<Vec<Inline>>,
    attached_policy_arns: Part<Vec<String>>,
}

/// An inline policy, and when it ends access.
#[derive(Debug, Serialize)]
struct Inline {
    #[serde(flatten)]
    policy: InlinePolicy,
    ends_access: Ends,
}

impl Policies {
    pub(super) fn of(
        inline: Result<Vec<InlinePolicy>, CallError>,
        attached: Result<Vec<String>, CallError>,
    ) -> Self {
        let read = |policy: InlinePolicy| Inline { ends_access: ends(&policy.document), policy };
        Self {
            inline_policies: Part::of(inline.map(|policies| policies.into_iter().map(read).collect())),
            attached_policy_arns: Part::of(attached),
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.inline_policies.found().is_some() && self.attached_policy_arns.found().is_some()
    }

    /// `due` is when access ends by the record.
    pub(super) fn lines(&self, terminal: &Terminal, due: Option<UnixSeconds>) -> Vec<String> {
        let inline = self.inline_policies.lines(terminal, |policies| {
            let mut lines: Vec<String> = policies.iter().map(|inline| inline.line(terminal, due)).collect();
            if !policies.iter().any(|inline| inline.policy.name == GUARD_POLICY) {
                lines.push(terminal.red("no guard: IAM itself does not end this access"));
            }
            lines
        });
        let attached = self
            .attached_policy_arns
            .lines(terminal, |arns| arns.iter().map(|arn| format!("policy {arn}")).collect());
        [inline, attached].concat()
    }
}

impl Inline {
    fn line(&self, terminal: &Terminal, due: Option<UnixSeconds>) -> String {
        let name = &self.policy.name;
        let what = match self.ends_access {
            Ends::Now => ": denies everything now".to_owned(),
            Ends::After(at) if due.is_some_and(|due| due != at) => {
                let wrong = terminal.red("which is not what the record says");
                format!(": denies everything after {}, {wrong}", moment::second(at))
            }
            Ends::After(at) => format!(": denies everything after {}", moment::second(at)),
            Ends::Never if name == GUARD_POLICY => {
                format!(": {}", terminal.red("it ends nothing, so it is no guard"))
            }
            Ends::Never => String::new(),
        };
        format!("inline policy {name}{what}")
    }
}
