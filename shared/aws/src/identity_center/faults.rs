//! What a catalogue gives of Identity Center, and what is wrong with that: for `doctor` and for whoever applies a catalogue.

use std::collections::BTreeMap;
use std::fmt;

use domain::Project;
use domain::kind::Needed;
use domain::project::Role;

use super::{IdentityCenter, PermissionSet};
use crate::error::CallError;

/// Sessions that go on for longer than this after the end, in seconds, are warned of.
const SESSION_WARN_SECONDS: u32 = 3_600;
/// Permission sets and groups that are looked up, at most: Identity Center takes 20 calls a second, and the workers need it too.
const LOOKUPS_MAX: usize = 200;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no Identity Center for it.
    NotSetUp,
    /// The permission set of this ARN is not there.
    NoPermissionSet(String),
    /// The group of this id is not there.
    NoGroup(String),
    /// Account access manager is not enabled.
    NoAccountAccess,
    /// A grant is taken away so long before its end as the sessions last, and is never longer than that.
    TooShort {
        /// The permission set's name.
        name: String,
        /// How long its sessions last.
        seconds: u32,
    },
    /// Sessions go on for long after the end.
    LongSessions {
        /// The permission set's name.
        name: String,
        /// How long they last.
        seconds: u32,
    },
}

/// What came of one look.
#[derive(Debug)]
pub struct Looked {
    /// The `project/role` that it is wrong with.
    pub by: String,
    /// What is wrong, unless that could not be found out.
    pub fault: Result<Fault, CallError>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSetUp => f.write_str("is given through IAM Identity Center, which is not set up"),
            Self::NoPermissionSet(arn) => write!(f, "names the permission set {arn}, which is not there"),
            Self::NoGroup(id) => write!(f, "names the group {id}, which is not there"),
            Self::NoAccountAccess => f.write_str(
                "is opened by account access manager, which is not enabled for this instance of Identity Center",
            ),
            Self::TooShort { name, seconds } => write!(
                f,
                "closes early, and its max_duration is not longer than the {seconds} s that sessions of the permission set {name} \
                 last, so that nobody could ask for it"
            ),
            Self::LongSessions { name, seconds } => write!(
                f,
                "gives the permission set {name}, whose sessions may go on for {seconds} s after the end of a grant"
            ),
        }
    }
}

/// Looks at each permission set and group of the catalogue once.
pub async fn faults(center: Option<&IdentityCenter>, projects: &[Project]) -> Vec<Looked> {
    let mut found = Vec::new();
    for (need, roles) in needed(projects).into_iter().take(LOOKUPS_MAX) {
        let by = |fault| Looked { by: roles.first().map(|(by, _)| by.clone()).unwrap_or_default(), fault };
        match center {
            None => found.push(by(Ok(Fault::NotSetUp))),
            Some(center) => match look(center, need, &roles).await {
                Ok(faults) => {
                    found.extend(faults.into_iter().map(|(by, fault)| Looked { by, fault: Ok(fault) }));
                }
                Err(error) => found.push(by(Err(error))),
            },
        }
    }
    found
}

/// A role of the catalogue, by its `project/role`.
type Named<'a> = (String, &'a Role);

async fn look(
    center: &IdentityCenter,
    need: Needed<'_>,
    roles: &[Named<'_>],
) -> Result<Vec<(String, Fault)>, CallError> {
    let first = |fault| roles.first().map(|(by, _)| (by.clone(), fault)).into_iter().collect();
    Ok(match need {
        Needed::PermissionSet(arn) => match center.permission_set(arn).await? {
            None => first(Fault::NoPermissionSet(arn.to_owned())),
            Some(set) => sessions(&set, roles),
        },
        Needed::Group(id) => match center.group_name(id).await? {
            None => first(Fault::NoGroup(id.to_owned())),
            Some(_) => Vec::new(),
        },
        Needed::AccountAccess => match center.access_application().await? {
            None => first(Fault::NoAccountAccess),
            Some(_) => Vec::new(),
        },
        Needed::Policy(_) | Needed::Role(_) => Vec::new(),
    })
}

/// What the length of a permission set's sessions means for the roles that give it.
fn sessions(set: &PermissionSet, roles: &[Named<'_>]) -> Vec<(String, Fault)> {
    let (name, seconds) = (set.name.clone(), set.session_seconds);
    let too_short = |(by, role): &Named<'_>| {
        let is_too_short = role.kind.closes_early() && role.max_duration.seconds() <= seconds;
        is_too_short.then(|| (by.clone(), Fault::TooShort { name: name.clone(), seconds }))
    };
    let outlived = roles.iter().find(|(_, role)| !role.kind.closes_early());
    let outlived = outlived.filter(|_| seconds > SESSION_WARN_SECONDS);
    let long = outlived.map(|(by, _)| (by.clone(), Fault::LongSessions { name: name.clone(), seconds }));
    roles.iter().filter_map(too_short).chain(long).collect()
}

fn is_of_identity_center(need: Needed<'_>) -> bool {
    match need {
        Needed::PermissionSet(_) | Needed::Group(_) | Needed::AccountAccess => true,
        Needed::Policy(_) | Needed::Role(_) => false,
    }
}

/// Each permission set and group, with the roles that need it.
fn needed(projects: &[Project]) -> BTreeMap<Needed<'_>, Vec<Named<'_>>> {
    let mut needed = BTreeMap::<_, Vec<_>>::new();
    for project in projects {
        for (name, role) in project.roles.iter().filter(|(_, role)| role.kind.needs_identity_center()) {
            for need in role.kind.needs().into_iter().filter(|need| is_of_identity_center(*need)) {
                needed.entry(need).or_default().push((format!("{}/{name}", project.project), role));
            }
        }
    }
    needed
}
