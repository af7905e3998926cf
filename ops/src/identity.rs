//! What the catalogue gives of Identity Center, and what is wrong with it: for `doctor` and for whoever applies a catalogue.

use std::collections::BTreeMap;
use std::fmt;

use aws::identity_center::IdentityCenter;
use domain::Project;
use domain::kind::Needed;
use service::CallError;

/// Sessions that go on for longer than this after the end, in seconds, are warned of.
const SESSION_WARN_SECONDS: u32 = 3_600;
/// Permission sets and groups that are looked up, at most: Identity Center takes 20 calls a second, and the workers need it too.
const LOOKUPS_MAX: usize = 200;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// There is no Identity Center for it.
    NotSetUp,
    NoPermissionSet(String),
    NoGroup(String),
    /// Sessions go on for long after the end.
    LongSessions {
        name: String,
        seconds: u32,
    },
}

/// What came of one look.
#[derive(Debug)]
pub(crate) struct Looked {
    /// The first `project/role` that needs it.
    pub(crate) by: String,
    pub(crate) fault: Result<Fault, CallError>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSetUp => f.write_str("is given through IAM Identity Center, which is not set up"),
            Self::NoPermissionSet(arn) => write!(f, "names the permission set {arn}, which is not there"),
            Self::NoGroup(id) => write!(f, "names the group {id}, which is not there"),
            Self::LongSessions { name, seconds } => write!(
                f,
                "gives the permission set {name}, whose sessions may go on for {seconds} s after the end of a grant"
            ),
        }
    }
}

/// Looks at each permission set and group of the catalogue once.
pub(crate) async fn faults(center: Option<&IdentityCenter>, projects: &[Project]) -> Vec<Looked> {
    let mut found = Vec::new();
    for (need, by) in needed(projects).into_iter().take(LOOKUPS_MAX) {
        let fault = match center {
            None => Ok(Some(Fault::NotSetUp)),
            Some(center) => look(center, need).await,
        };
        found.extend(fault.transpose().map(|fault| Looked { by, fault }));
    }
    found
}

async fn look(center: &IdentityCenter, need: Needed<'_>) -> Result<Option<Fault>, CallError> {
    Ok(match need {
        Needed::PermissionSet(arn) => match center.permission_set(arn).await? {
            None => Some(Fault::NoPermissionSet(arn.to_owned())),
            Some(set) if set.session_seconds > SESSION_WARN_SECONDS => {
                Some(Fault::LongSessions { name: set.name, seconds: set.session_seconds })
            }
            Some(_) => None,
        },
        Needed::Group(id) => {
            let name = center.group_name(id).await?;
            name.is_none().then(|| Fault::NoGroup(id.to_owned()))
        }
        Needed::Policy(_) | Needed::Role(_) => None,
    })
}

/// Each permission set and group, with the first `project/role` that needs it.
fn needed(projects: &[Project]) -> BTreeMap<Needed<'_>, String> {
    let mut needed = BTreeMap::new();
    for project in projects {
        for (name, role) in project.roles.iter().filter(|(_, role)| role.kind.is_of_identity_center()) {
            for need in role.kind.needs() {
                needed.entry(need).or_insert_with(|| format!("{}/{name}", project.project));
            }
        }
    }
    needed
}
