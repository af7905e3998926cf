"""SES and EventBridge: who may send, and what becomes of an email that does not arrive."""

import json
import re
from email.utils import parseaddr

from ministack import app
from ministack.core.responses import get_account_id, get_region
from ministack.services import eventbridge, ses, ses_v2

_SEND = "/v2/email/outbound-emails"
_SIMULATOR = "simulator.amazonses.com"
# What SES calls an event, by the outcomes that its mailbox simulator has.
_EVENTS = {"Bounce": ("BOUNCE", "Email Bounced"), "Complaint": ("COMPLAINT", "Email Complaint Received")}
_ITEM = re.compile(r"^(.*)\[(\d+)\]$")


def install():
    enforce = app._enforce_ses_v2
    handle = ses_v2.handle_request
    transform = eventbridge._apply_input_transformer

    def enforce_ses_v2(method, path, headers, body, query_params, request_id):
        if not app.AUTH or method != "POST" or path.rstrip("/") != _SEND:
            return enforce(method, path, headers, body, query_params, request_id)
        for resource, keys in _checks(json.loads(body or b"{}")):
            denied = app._enforce_data_plane("sesv2", "ses:SendEmail", headers, query_params, request_id,
                                             resource_arn=resource, service_context=keys, named_resource=resource)
            if denied:
                return denied
        return None

    async def handle_request(method, path, headers, body, query_params):
        answer = await handle(method, path, headers, body, query_params)
        if method == "POST" and path.rstrip("/") == _SEND and answer[0] == 200:
            _tell(json.loads(body or b"{}"))
        return answer

    def apply_input_transformer(transformer, rule, view):
        return transform(_resolved(transformer, view.event_with_detail()), rule, view)

    app._enforce_ses_v2 = enforce_ses_v2
    ses_v2.handle_request = handle_request
    eventbridge._apply_input_transformer = apply_input_transformer


def _checks(email):
    """The identity that covers the sender, and the configuration set; with the key that names the sender."""
    sender = parseaddr(email.get("FromEmailAddress", ""))[1]
    domain = sender.rpartition("@")[2]
    identity = sender if sender in ses_v2._identities or domain not in ses_v2._identities else domain
    arn = f"arn:aws:ses:{get_region()}:{get_account_id()}"
    keys = {"ses:FromAddress": sender}
    checks = [(f"{arn}:identity/{identity}", keys)]
    if email.get("ConfigurationSetName"):
        checks.append((f"{arn}:configuration-set/{email['ConfigurationSetName']}", keys))
    return checks


def _tell(email):
    """Tells the default bus of what the mailbox simulator does with an email, where its configuration set says so."""
    name = email.get("ConfigurationSetName", "")
    destinations = ((ses_v2._config_sets.get(name) or {}).get("EventDestinations") or {}).values()
    wanted = {kind for found in destinations if found.get("Enabled") and found.get("EventBridgeDestination")
              for kind in found.get("MatchingEventTypes", [])}
    tags = {tag["Name"]: [tag["Value"]] for tag in email.get("EmailTags", [])}
    for recipient in email.get("Destination", {}).get("ToAddresses", []):
        local, _, domain = recipient.partition("@")
        outcomes = ses._SIMULATOR_OUTCOMES.get(local.split("+")[0], ()) if domain == _SIMULATOR else ()
        for outcome, subtype in outcomes:
            kind, detail_type = _EVENTS.get(outcome, ("", ""))
            if kind in wanted:
                _publish(detail_type, {
                    "eventType": outcome,
                    "mail": {"destination": [recipient], "tags": {**tags, "ses:configuration-set": [name]}},
                    **ses._notification_detail(outcome, recipient, "2026-01-01T00:00:00.000Z", subtype),
                })


def _publish(detail_type, detail):
    entry = {"Source": "aws.ses", "DetailType": detail_type, "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def _resolved(transformer, event):
    """The transformer with each path into a list, `$.a.b[0]`, replaced by one that the emulator can follow."""
    paths, template = dict(transformer.get("InputPathsMap", {})), transformer.get("InputTemplate", "")
    for name, path in list(paths.items()):
        if "[" in path:
            paths.pop(name)
            template = template.replace(f"<{name}>", str(_follow(event, path)))
    return {**transformer, "InputPathsMap": paths, "InputTemplate": template}


def _follow(value, path):
    for part in path.removeprefix("$.").split("."):
        item = _ITEM.match(part)
        try:
            value = value[item.group(1)][int(item.group(2))] if item else value[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return value
