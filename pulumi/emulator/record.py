"""Writes down what IAM decided, so that tests can tell which of a role's permissions are ever used."""

import json
import os
import threading

from ministack.core import iam_evaluator

_FILE = os.environ.get("KEYLEASE_IAM_DECISIONS", "")
_lock = threading.Lock()


def install():
    if not _FILE:
        return
    enforce = iam_evaluator.enforce

    def recorded(access_key, action, service, region, resource_arn="*", service_context=None):
        denied = enforce(access_key, action, service, region, resource_arn, service_context)
        caller = (iam_evaluator.resolve_caller_identity(access_key) or {}).get("userArn", "")
        write(caller, action, resource_arn, not denied)
        return denied

    iam_evaluator.enforce = recorded


def write(caller, action, resource, allowed):
    """Writes one decision down. Who is nobody has no name."""
    if not _FILE:
        return
    line = json.dumps({"caller": caller, "action": action, "resource": resource, "allowed": allowed})
    with _lock, open(_FILE, "a", encoding="utf-8") as file:
        file.write(line + "\n")
