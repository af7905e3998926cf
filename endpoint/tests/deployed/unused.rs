//! A permission that no step used is one too many: it fails here, unless it stands in the list of what cannot be tried.

use std::collections::{BTreeMap, BTreeSet};

use endpoint::deployed::Deployed;
use serde_json::Value;

/// Who may do what no step can make them do, and why. An entry that was used after all fails too.
const NOT_TRIED: [(&str, &str, &str); 8] = [
    ("*", "logs:CreateLogStream", "the emulator writes logs by itself"),
    ("*", "logs:PutLogEvents", "the emulator writes logs by itself"),
    ("*", "sqs:ReceiveMessage", "the emulator's event source takes messages by itself"),
    ("*", "iam:GetRolePolicy", "denials are read when several sessions of one role are merged"),
    ("*", "iam:DeleteSSHPublicKey", "the emulator has no SSH keys"),
    ("*", "iam:DeleteSigningCertificate", "the emulator has no signing certificates"),
    ("*", "iam:DeleteServiceSpecificCredential", "the emulator has no service credentials"),
    ("keylease-scheduler", "sqs:SendMessage", "the emulator does not look at the schedules' role"),
];

pub(crate) fn each_was_used(stack: &Deployed) {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for decision in stack.decisions() {
        let role = decision.caller.split(":assumed-role/").nth(1).and_then(|rest| rest.split('/').next());
        if let Some(role) = role.filter(|_| decision.allowed) {
            used.entry(role.to_owned()).or_default().insert(decision.action);
        }
    }
    let mut faults = Vec::new();
    for made in [&stack.made, &stack.made_in_member] {
        for (role, made) in made["roles"].as_object().expect("the roles") {
            let used = used.remove(role).unwrap_or_default();
            for action in allowed(&made["policies"]) {
                let listed =
                    NOT_TRIED.iter().any(|(who, what, _)| (*who == "*" || who == role) && *what == action);
                match (used.contains(&action), listed) {
                    (false, false) => faults.push(format!("{role} may {action}, and never did")),
                    (true, true) => faults.push(format!("{role} used {action}: take it off the list")),
                    _ => {}
                }
            }
        }
    }
    for (who, what, why) in NOT_TRIED {
        println!("  not tried: {who} {what}: {why}");
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Every action that a role's policies allow.
fn allowed(policies: &Value) -> BTreeSet<String> {
    let documents = policies.as_object().expect("policies by name").values();
    let statements =
        documents.flat_map(|document| document["Statement"].as_array().cloned().unwrap_or_default());
    let allowing = statements.filter(|statement| statement["Effect"] == "Allow");
    allowing
        .flat_map(|statement| match &statement["Action"] {
            Value::Array(actions) => actions.clone(),
            one => vec![one.clone()],
        })
        .filter_map(|action| action.as_str().map(str::to_owned))
        .collect()
}
