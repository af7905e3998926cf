/** Which of SES's events end a grant: an automatic reply is reported as a bounce too, and that email did arrive. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationSetName } from "../names";
import { undelivered } from "./undelivered";

const BY = { deploymentId: "keylease" };

/** The rules that an event matches, by the subset of EventBridge's patterns that ours use. */
function matching(event: object): string[] {
  const matches = (pattern: unknown, value: any): boolean => {
    if (Array.isArray(pattern)) {
      const values = Array.isArray(value) ? value : [value];
      return pattern.some((one) =>
        typeof one === "object" ? one.exists === (value !== undefined) : values.includes(one));
    }
    return Object.entries(pattern as object).every(([key, inner]) => matches(inner, value?.[key]));
  };
  return undelivered(BY).filter(({ pattern }) => matches(pattern, event)).map(({ name }) => name);
}

function event(detailType: string, detail: object = {}, tags: object = { request_id: ["r-1"] }): object {
  const set = { "ses:configuration-set": [configurationSetName(BY)] };
  return { source: "aws.ses", "detail-type": detailType, detail: { ...detail, mail: { tags: { ...set, ...tags } } } };
}

function bounce(bounceType: string, bounceSubType: string): string[] {
  return matching(event("Email Bounced", { bounce: { bounceType, bounceSubType } }));
}

test("a bounce ends a grant where the email was lost, and an automatic reply does not", () => {
  for (const subtype of ["General", "NoEmail", "Suppressed", "OnAccountSuppressionList"]) {
    assert.deepEqual(bounce("Permanent", subtype), ["bounce"], subtype);
  }
  assert.deepEqual(bounce("Undetermined", "Undetermined"), ["bounce"]);
  for (const subtype of ["MailboxFull", "MessageTooLarge", "ContentRejected"]) {
    assert.deepEqual(bounce("Transient", subtype), ["bounce-transient"], subtype);
  }
  for (const subtype of ["General", "AttachmentRejected", "CustomTimeoutExceeded"]) {
    assert.deepEqual(bounce("Transient", subtype), [], subtype);
  }
});

test("only what SES reports of this deployment's emails with a credential becomes a job", () => {
  assert.deepEqual(matching(event("Email Rejected")), ["reject"]);
  assert.deepEqual(matching(event("Email Complaint Received")), ["complaint"]);
  for (const other of ["Email Sent", "Email Delivered", "Email Delivery Delayed", "Email Opened"]) {
    assert.deepEqual(matching(event(other)), [], other);
  }
  const lost = { bounce: { bounceType: "Permanent", bounceSubType: "General" } };
  assert.deepEqual(matching(event("Email Bounced", lost, { request_id: undefined })), []);
  assert.deepEqual(matching(event("Email Bounced", lost, { "ses:configuration-set": ["other"] })), []);
});
