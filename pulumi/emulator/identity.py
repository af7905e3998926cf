"""IAM and Scheduler: the resources and the condition keys that AWS checks a call against."""

import contextvars
import json

import visibility
from ministack.core import iam_actions, iam_evaluator
from ministack.services import iam

# Calls that have the key iam:PermissionsBoundary, for the boundary that their user or role has.
_BOUNDED = {
    "AttachUserPolicy", "DetachUserPolicy", "PutUserPolicy", "DeleteUserPolicy", "DeleteUserPermissionsBoundary",
    "AttachRolePolicy", "DetachRolePolicy", "PutRolePolicy", "DeleteRolePolicy", "DeleteRolePermissionsBoundary",
}
# Calls that IAM checks on the instance profile, though they name a role too.
_ON_PROFILES = {"AddRoleToInstanceProfile", "RemoveRoleFromInstanceProfile"}
# Calls that IAM checks on the group, though they name a user too.
_ON_GROUPS = {"AddUserToGroup", "RemoveUserFromGroup"}

# AWS's own policies that the emulator does not bring along, as AWS publishes them.
_MANAGED = {
    "AWSDenyAll": {"Sid": "DenyAll", "Effect": "Deny", "Action": ["*"], "Resource": "*"},
}

# What is being asked for, for the checks that a call needs besides its own.
_request = contextvars.ContextVar("keylease_request", default=None)


def install():
    resource_arn = iam_actions.extract_resource_arn
    tag_context = iam_actions.request_tag_context
    enforce = iam_evaluator.enforce

    def extract_resource_arn(service, method, path, headers, body, params, region, account):
        _request.set((service, params, body))
        found = None
        if service == "iam":
            found = _iam_resource(params, account)
        elif service == "scheduler":
            found = _schedule(path, body, params, region, account)
        return found or resource_arn(service, method, path, headers, body, params, region, account)

    def request_tag_context(service, action, body, params):
        keys = dict(tag_context(service, action, body, params))
        return {**keys, **_iam_keys(action, params)} if service == "iam" else keys

    def enforce_all(access_key, action, service, region, resource_arn="*", service_context=None):
        denied = enforce(access_key, action, service, region, resource_arn, service_context)
        for extra_action, extra_arn, keys in [] if denied else _besides(action, resource_arn):
            denied = denied or iam_evaluator.enforce(access_key, extra_action, "iam", region, extra_arn, keys)
        return denied

    iam_actions.extract_resource_arn = extract_resource_arn
    iam_actions.request_tag_context = request_tag_context
    iam_evaluator.enforce = enforce_all
    _publish_managed()


def _publish_managed():
    for name, statement in _MANAGED.items():
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        arn = f"{iam._AWS_MANAGED_POLICY_PREFIX}{name}"
        iam._aws_managed_policies[arn] = iam._make_aws_managed_record(name, document)


def _iam_resource(params, account):
    value = lambda name: iam_actions._query_param(params, name)  # noqa: E731
    action = value("Action")
    if action in _ON_GROUPS:
        group = iam._groups.get(value("GroupName")) or {}
        return group.get("Arn") or f"arn:aws:iam::{account}:group/{value('GroupName')}"
    if action == "DeleteVirtualMFADevice":
        return value("SerialNumber")
    if action in _ON_PROFILES:
        profile = iam._instance_profiles.get(value("InstanceProfileName")) or {}
        return profile.get("Arn") or f"arn:aws:iam::{account}:instance-profile/{value('InstanceProfileName')}"
    if action == "CreateUser":
        return f"arn:aws:iam::{account}:user{value('Path') or '/'}{value('UserName')}"
    if action == "CreateRole":
        return f"arn:aws:iam::{account}:role{value('Path') or '/'}{value('RoleName')}"
    # What is not there, or is not seen yet, has no path that AWS could know.
    if value("UserName"):
        user = iam._users.get(value("UserName")) if visibility.is_seen(value("UserName")) else None
        return (user or {}).get("Arn")
    if value("RoleName"):
        return (iam._roles.get(value("RoleName")) or {}).get("Arn")
    return None


def _iam_keys(action, params):
    value = lambda name: iam_actions._query_param(params, name)  # noqa: E731
    operation = action.split(":", 1)[1]
    keys = {}
    if value("PolicyArn"):
        keys["iam:policyarn"] = value("PolicyArn")
    if value("PermissionsBoundary"):
        keys["iam:permissionsboundary"] = value("PermissionsBoundary")
    elif operation in _BOUNDED:
        bearer = iam._users.get(value("UserName")) or iam._roles.get(value("RoleName")) or {}
        boundary = _boundary_of(bearer)
        if boundary:
            keys["iam:permissionsboundary"] = boundary
    return keys


def _boundary_of(bearer):
    """The ARN of a user's or a role's boundary, which the emulator keeps bare or as IAM shows it."""
    boundary = bearer.get("PermissionsBoundary")
    return boundary.get("PermissionsBoundaryArn") if isinstance(boundary, dict) else boundary


def _schedule(path, body, params, region, account):
    parts = [part for part in path.split("/") if part]
    if len(parts) < 2 or parts[0] != "schedules":
        return None
    group = _json(body).get("GroupName") or iam_actions._query_param(params, "groupName") or "default"
    return f"arn:aws:scheduler:{region}:{account}:schedule/{group}/{parts[1]}"


def _besides(action, resource_arn):
    """The further actions that AWS checks for a call, each with its resource and keys."""
    service, params, body = _request.get() or ("", {}, b"")
    if action in ("scheduler:CreateSchedule", "scheduler:UpdateSchedule") and service == "scheduler":
        role = (_json(body).get("Target") or {}).get("RoleArn", "*")
        return [("iam:PassRole", role, {"iam:passedtoservice": "scheduler.amazonaws.com"})]
    if action in ("iam:CreateUser", "iam:CreateRole") and any(name.startswith("Tags.") for name in params):
        return [(action.replace("Create", "Tag"), resource_arn, iam_actions.request_tag_context("iam", action, b"", params))]
    if action == "sts:AssumeRole" and iam_actions._query_param(params, "SourceIdentity"):
        return [("sts:SetSourceIdentity", resource_arn, {})]
    return []


def _json(body):
    try:
        found = json.loads(body or b"{}")
    except (json.JSONDecodeError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}

