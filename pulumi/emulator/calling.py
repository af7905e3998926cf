"""Lambda: who may call a function from outside, by the function's own policy, which the emulator keeps and does not look at.

- A URL without authentication lets anybody in who may both `lambda:InvokeFunctionUrl` and, through a URL,
  `lambda:InvokeFunction` (Lambda's guide, "Control access to Lambda function URLs").
- An HTTP API calls its function as the service API Gateway, on behalf of the API and the route.
"""

import json

import record
from ministack.core import iam_evaluator
from ministack.services import apigateway, lambda_svc

_URL = "lambda:InvokeFunctionUrl"
_INVOKE = "lambda:InvokeFunction"
_VIA_URL = "lambda:invokedviafunctionurl"
_API_GATEWAY = "apigateway.amazonaws.com"


def install():
    enforce = iam_evaluator.enforce
    invoke = apigateway._invoke_lambda_proxy

    def enforce_unsigned(access_key, action, service, region, resource_arn="*", service_context=None):
        keys = {name.lower(): value for name, value in (service_context or {}).items()}
        if access_key or not (action == _URL or _VIA_URL in keys):
            return enforce(access_key, action, service, region, resource_arn, service_context)
        denied = _denied(resource_arn, action, keys)
        if action == _URL and not denied:
            # Asked for anew, so that it is written down too.
            denied = iam_evaluator.enforce(access_key, _INVOKE, service, region, resource_arn, {_VIA_URL: "true"})
        return denied

    async def invoke_allowed(integration, api_id, stage, path, method, *rest, **named):
        account, region = named.get("owner_account_id"), named.get("owner_region")
        source = f"arn:aws:execute-api:{region}:{account}:{api_id}/{stage}/{method}{path}"
        function = integration.get("integrationUri", "")
        denied = _denied(function, _INVOKE, {"aws:sourcearn": source}, _API_GATEWAY)
        record.write(_API_GATEWAY, _INVOKE, function, not denied)
        if denied:
            # All that API Gateway says to whoever called.
            return 500, {"Content-Type": "application/json"}, json.dumps({"message": "Internal Server Error"}).encode()
        return await invoke(integration, api_id, stage, path, method, *rest, **named)

    iam_evaluator.enforce = enforce_unsigned
    apigateway._invoke_lambda_proxy = invoke_allowed


def _denied(function_arn, action, keys, service=None):
    """What the function's policy says to a caller that no identity stands behind; nothing where it allows the call."""
    parts = function_arn.split(":")
    function = lambda_svc._functions.get_scoped(parts[4], parts[3], parts[6]) if len(parts) == 7 else None
    context = iam_evaluator.EvalContext(
        principal_arn="anonymous", principal_type="Anonymous", principal_account="", action=action,
        resource_arn=function_arn, region=parts[3] if function else "", service_context=keys,
    )
    policy = function["policy"] if function else None
    found = iam_evaluator.evaluate_resource_policy(policy, context, service=service)
    return None if found.decision == "Allow" else found
