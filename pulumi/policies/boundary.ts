/**
 * The permissions boundary of every user that is made. It allows what the grant's own policies allow, but never another
 * identity, and never Keylease itself, of whichever deployment: a grantee who could write its tables or queues could outlive
 * the grant.
 */

import type { Place } from "../names";
import { type Policy, type Statement, policy } from "./document";

/** What mints or keeps another identity; `domain::policy::IDENTITY_ACTIONS`, which a test compares with this list. */
export const IDENTITY_ACTIONS = [
  "iam:*",
  "sts:Assume*",
  "sts:GetDelegatedAccessToken",
  "sts:GetFederationToken",
  "sts:GetSessionToken",
  "sts:GetWebIdentityToken",
  "account:*",
  "account-access:*",
  "cognito-identity:*",
  "datazone:Get*Credentials",
  "deadline:Assume*",
  "eks-auth:*",
  "identitystore:*",
  "lakeformation:GetTemporary*",
  "organizations:*",
  "rolesanywhere:*",
  "s3:GetDataAccess",
  "signin:*",
  "sso:*",
  "sso-directory:*",
  "sso-oauth:*",
] as const;

/** What `aws login` calls. */
const SIGN_IN = "signin:*";

/** What of the stack has no name that begins with `keylease`. */
export interface Unnamed {
  /** The HTTP API's id, which AWS makes up; none where a function URL is used. */
  readonly apiId?: string | undefined;
  /** The address that credentials are sent from. */
  readonly sender?: string;
  /** The SES identities that the stack made. */
  readonly mailIdentities?: readonly string[];
}

type Account = Pick<Place, "partition" | "account">;

export function boundaryPolicy(account: Account, unnamed: Unnamed = {}): Policy {
  return policy(
    { Sid: "WhatTheGrantAllows", Effect: "Allow", Action: ["*"], Resource: ["*"] },
    {
      Sid: "NoIdentities", Effect: "Deny", Action: IDENTITY_ACTIONS.filter((action) => action !== SIGN_IN), Resource: ["*"],
    },
    notBySignIn(account),
    notKeylease(account, unnamed),
    notItsEventSources(account),
    ...(unnamed.sender === undefined ? [] : [notAsItsSender(unnamed.sender)]),
  );
}

/** A role that account access manager opens is used by `aws login`; the guard of every other grant denies that too. */
function notBySignIn(account: Account): Statement {
  return {
    Sid: "NotBySignIn",
    Effect: "Deny",
    Action: [SIGN_IN],
    Resource: ["*"],
    Condition: { ArnNotLike: { "aws:PrincipalArn": `arn:${account.partition}:iam::${account.account}:role/keylease/*` } },
  };
}

function notKeylease(account: Account, { apiId, mailIdentities = [] }: Unnamed): Statement {
  const anywhere = (service: string, resource: string): string => arn(account, service, resource);
  const api = `arn:${account.partition}:apigateway:*::/apis/${apiId}`;
  return {
    Sid: "NotKeylease",
    Effect: "Deny",
    Action: ["*"],
    Resource: [
      anywhere("sqs", "keylease-*"),
      anywhere("dynamodb", "table/keylease-*"),
      // Those of the default deployment are under `keylease/`, those of another under `keylease-ID/`.
      anywhere("secretsmanager", "secret:keylease*"),
      anywhere("scheduler", "schedule/keylease*"),
      anywhere("scheduler", "schedule-group/keylease*"),
      anywhere("lambda", "function:keylease-*"),
      anywhere("logs", "log-group:/aws/lambda/keylease-*"),
      anywhere("events", "rule/keylease-*"),
      anywhere("cloudwatch", "alarm:keylease-*"),
      `arn:${account.partition}:cloudwatch::${account.account}:dashboard/keylease*`,
      anywhere("sns", "keylease-*"),
      anywhere("ses", "configuration-set/keylease*"),
      ...mailIdentities.map((identity) => anywhere("ses", `identity/${identity}`)),
      ...(apiId === undefined ? [] : [api, `${api}/*`]),
    ],
  };
}

/** An event source mapping is a resource of its own, known by an id: without it a worker gets no jobs. */
function notItsEventSources(account: Account): Statement {
  return {
    Sid: "NotItsEventSources",
    Effect: "Deny",
    Action: ["lambda:*EventSourceMapping"],
    Resource: ["*"],
    Condition: { ArnLike: { "lambda:FunctionArn": arn(account, "lambda", "function:keylease-*") } },
  };
}

/** Who could mail as the sender could mail a credential of their own to somebody. */
function notAsItsSender(sender: string): Statement {
  return {
    Sid: "NotAsItsSender",
    Effect: "Deny",
    Action: ["ses:Send*"],
    Resource: ["*"],
    Condition: { StringEquals: { "ses:FromAddress": sender } },
  };
}

function arn(account: Account, service: string, resource: string): string {
  return `arn:${account.partition}:${service}:*:${account.account}:${resource}`;
}
