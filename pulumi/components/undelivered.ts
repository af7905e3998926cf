/** The events of SES that mean that an email did not reach its person, and the job that each one becomes. */

import { type Deployment, configurationSetName } from "../names";

/** The email tag by which provision says which request an email is for. */
export const REQUEST_ID_TAG = "request_id";

export interface Undelivered {
  /** Its rule is `keylease-NAME`, or `keylease-DEPLOYMENT-NAME`. */
  readonly name: string;
  readonly why: "bounce" | "reject" | "complaint";
  readonly meaning: string;
  readonly pattern: object;
}

/** A transient bounce may be an automatic reply to an email that arrived: only these mean that it did not. */
const TRANSIENT_LOSSES = ["MailboxFull", "MessageTooLarge", "ContentRejected"];

export const undelivered = (by: Deployment): readonly Undelivered[] => [
  {
    name: "bounce",
    why: "bounce",
    meaning: "An email with a credential bounced for good",
    pattern: pattern(by, "Email Bounced", { bounce: { bounceType: ["Permanent", "Undetermined"] } }),
  },
  {
    name: "bounce-transient",
    why: "bounce",
    meaning: "An email with a credential was turned away for now, and SES gave up",
    pattern: pattern(by, "Email Bounced", {
      bounce: { bounceType: ["Transient"], bounceSubType: TRANSIENT_LOSSES },
    }),
  },
  {
    name: "reject",
    why: "reject",
    meaning: "SES refused to send an email with a credential",
    pattern: pattern(by, "Email Rejected", {}),
  },
  {
    name: "complaint",
    why: "complaint",
    meaning: "Somebody marked an email with a credential as spam",
    pattern: pattern(by, "Email Complaint Received", {}),
  },
];

/** The job, as revoke reads it. EventBridge puts the request's id into its place. */
export function jobTemplate(why: Undelivered["why"]): string {
  return `{"version":1,"job":"undelivered","request_id":"<request_id>","why":"${why}"}`;
}

function pattern(by: Deployment, detailType: string, detail: object): object {
  return {
    source: ["aws.ses"],
    "detail-type": [detailType],
    detail: {
      ...detail,
      mail: {
        tags: { "ses:configuration-set": [configurationSetName(by)], [REQUEST_ID_TAG]: [{ exists: true }] },
      },
    },
  };
}
