/**
 * The permissions boundary of every user that is made. It allows what the grant's own policies allow, but never another
 * identity, and never Keylease itself: a grantee who could write its tables or queues could outlive the grant.
 */

import { type Place, PROGRAMS, TABLES, logGroupName, programName } from "../names";
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
  "cognito-identity:*",
  "identitystore:*",
  "organizations:*",
  "rolesanywhere:*",
  "sso:*",
  "sso-directory:*",
] as const;

export function boundaryPolicy(place: Pick<Place, "partition" | "account">): Policy {
  return policy(
    { Sid: "WhatTheGrantAllows", Effect: "Allow", Action: ["*"], Resource: ["*"] },
    { Sid: "NoIdentities", Effect: "Deny", Action: IDENTITY_ACTIONS, Resource: ["*"] },
    notKeylease(place),
  );
}

function notKeylease(place: Pick<Place, "partition" | "account">): Statement {
  const anywhere = (service: string, resource: string): string =>
    `arn:${place.partition}:${service}:*:${place.account}:${resource}`;
  return {
    Sid: "NotKeylease",
    Effect: "Deny",
    Action: ["*"],
    Resource: [
      anywhere("sqs", "keylease-*"),
      ...Object.values(TABLES).map((table) => anywhere("dynamodb", `table/${table}*`)),
      anywhere("secretsmanager", "secret:keylease/*"),
      anywhere("scheduler", "schedule/keylease/*"),
      anywhere("scheduler", "schedule-group/keylease"),
      ...PROGRAMS.map((program) => anywhere("lambda", `function:${programName(program)}*`)),
      ...PROGRAMS.map((program) => anywhere("logs", `log-group:${logGroupName(program)}*`)),
      anywhere("events", "rule/keylease-*"),
      anywhere("cloudwatch", "alarm:keylease-*"),
      anywhere("sns", "keylease-*"),
      anywhere("ses", "configuration-set/keylease"),
    ],
  };
}

