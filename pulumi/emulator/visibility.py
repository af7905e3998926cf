"""IAM: a role's calls see a user that a role just made, and that one was just deleted, only after a while.

For so long after a role's CreateUser a role's call on that user is about nothing that IAM knows: its resource has no path, so that a policy
that names one refuses it, and what is allowed on the bare name is answered NoSuchEntity. For as long after DeleteUser, GetUser
still answers. The account's root, which the tests act as, sees everything at once, and what it does is seen at once.

The time is KEYLEASE_IAM_LAG_SECONDS; without it nothing is late.
"""

import os
import time

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import iam

_LAG_SECONDS = float(os.environ.get("KEYLEASE_IAM_LAG_SECONDS", "0"))

_made = {}
_deleted = {}


def install():
    if _LAG_SECONDS <= 0:
        return
    for action in list(iam._IAM_HANDLERS):
        iam._IAM_HANDLERS[action] = _late(action, iam._IAM_HANDLERS[action])


def is_seen(name):
    """Whether the caller sees a user of this name, if there is one."""
    return _is_root() or not _is_recent(_made, name)


def _late(action, handler):
    def handle(params):
        name = iam._p(params, "UserName")
        if action == "CreateUser":
            answer = handler(params)
            if answer[0] == 200 and not _is_root():
                _made[_key(name)] = time.monotonic()
            return answer
        if name and not is_seen(name):
            return iam._error(404, "NoSuchEntity", f"The user with name {name} cannot be found.", ns="iam")
        if action == "DeleteUser":
            user = iam._users.get(name)
            answer = handler(params)
            if answer[0] == 200:
                _deleted[_key(name)] = (time.monotonic(), user)
            return answer
        if action == "GetUser" and name not in iam._users and _is_recent(_deleted, name) and not _is_root():
            iam._users[name] = _deleted[_key(name)][1]
            try:
                return handler(params)
            finally:
                iam._users.pop(name, None)
        return handler(params)

    return handle


def _is_root():
    return iam_evaluator.caller_arn().endswith(":root")


def _is_recent(times, name):
    found = times.get(_key(name))
    at = found[0] if isinstance(found, tuple) else found
    return at is not None and time.monotonic() - at < _LAG_SECONDS


def _key(name):
    return get_account_id(), name
