//! IAM, with what the emulator leaves out: the boundary of a new user, and the size limit of inline policies.

use winterbaume_core::{MockRequest, MockResponse, MockService, StatefulService};
use winterbaume_iam::views::UserView;
use winterbaume_iam::{IamService, IamStateView};

use super::call::{Service, form};
use super::{ACCOUNT, REGION, wire};

/// All inline policies of a user together, without white space.
const USER_INLINE_LIMIT_CHARACTERS: usize = 2_048;

/// The embedded IAM.
#[derive(Default)]
pub(crate) struct Iam {
    service: IamService,
}

impl Iam {
    pub(crate) async fn handle(&self, request: MockRequest) -> MockResponse {
        let form = form(&request.body);
        let get = |key: &str| form.get(key).cloned().unwrap_or_default();
        match get("Action").as_str() {
            "CreateUser" if form.contains_key("PermissionsBoundary") => {
                let created = self.service.handle(request.clone()).await;
                if created.status != 200 {
                    return created;
                }
                let bounded =
                    self.put_boundary(&request, &get("UserName"), &get("PermissionsBoundary")).await;
                if bounded.status == 200 { created } else { bounded }
            }
            "PutUserPolicy" => {
                let user = self.state().await.users.remove(&get("UserName"));
                match user {
                    Some(user) if over_inline_limit(&user, &get("PolicyName"), &get("PolicyDocument")) => {
                        let message = format!(
                            "Maximum policy size of {USER_INLINE_LIMIT_CHARACTERS} bytes exceeded for user {}",
                            user.name
                        );
                        wire::error(Service::Iam, 409, "LimitExceeded", &message)
                    }
                    _ => self.service.handle(request).await,
                }
            }
            _ => self.service.handle(request).await,
        }
    }

    /// Everything that IAM holds at this moment.
    pub(crate) async fn state(&self) -> IamStateView {
        self.service.snapshot(ACCOUNT, REGION).await
    }

    /// Adds policies and roles as they are, past the API's checks; AWS-managed policies come to be in no other way.
    pub(crate) async fn add(&self, view: IamStateView) {
        if let Err(error) = self.service.merge(ACCOUNT, REGION, view).await {
            tracing::error!(%error, "IAM did not take what it was set up with");
        }
    }

    async fn put_boundary(&self, request: &MockRequest, user: &str, boundary: &str) -> MockResponse {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "PutUserPermissionsBoundary")
            .append_pair("Version", "2010-05-08")
            .append_pair("UserName", user)
            .append_pair("PermissionsBoundary", boundary)
            .finish();
        self.service.handle(MockRequest { body: body.into(), ..request.clone() }).await
    }
}

/// Whether the user's inline policies would be over the limit with `document` as the policy `name`.
fn over_inline_limit(user: &UserView, name: &str, document: &str) -> bool {
    let others = user.inline_policies.iter().filter(|policy| policy.policy_name != name);
    let documents = others.map(|policy| policy.policy_document.as_str()).chain([document]);
    let characters = documents.flat_map(str::chars).filter(|character| !character.is_whitespace());
    characters.count() > USER_INLINE_LIMIT_CHARACTERS
}
