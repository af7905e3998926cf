/**
 * SES: who sends, and what becomes of an email that does not arrive. SES tells EventBridge of it, and a rule for each
 * kind makes a job for revoke out of it: a credential that its person does not have must not stay.
 */

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as sesv2 from "@pulumi/aws/sesv2";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { CONFIGURATION_SET, regional } from "../names";
import { alarm } from "./alarm";
import type { Common } from "./common";
import { REQUEST_ID_TAG, UNDELIVERED, type Undelivered, jobTemplate } from "./undelivered";
import type { WorkQueue } from "./work-queue";

export interface MailArgs extends Common {
  readonly revoke: WorkQueue;
}

export class Mail extends pulumi.ComponentResource {
  /** The CNAME records that prove a domain, `TOKEN._domainkey.DOMAIN`; none for an address. */
  readonly dkimTokens: pulumi.Output<string[]>;

  constructor(args: MailArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Mail", "keylease-mail", {}, options);
    const parent = { parent: this };
    this.dkimTokens = this.identity(args);
    const set = new sesv2.ConfigurationSet(CONFIGURATION_SET, {
      configurationSetName: CONFIGURATION_SET,
      deliveryOptions: { tlsPolicy: "REQUIRE" },
      reputationOptions: { reputationMetricsEnabled: true },
      suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
    }, parent);
    new sesv2.ConfigurationSetEventDestination(CONFIGURATION_SET, {
      configurationSetName: set.configurationSetName,
      eventDestinationName: "eventbridge",
      eventDestination: {
        enabled: true,
        matchingEventTypes: ["BOUNCE", "COMPLAINT", "REJECT"],
        eventBridgeDestination: {
          eventBusArn: args.place.apply((place) => regional(place, "events", "event-bus/default")),
        },
      },
    }, parent);
    const rules = UNDELIVERED.map((kind) => this.rule(args, kind));
    this.letRulesSend(args, rules);
    this.watch(args);
    this.registerOutputs();
  }

  private identity(args: MailArgs): pulumi.Output<string[]> {
    if (!args.config.createMailIdentity) return pulumi.output<string[]>([]);
    const emailIdentity = args.config.mailIdentity;
    const identity = new sesv2.EmailIdentity("keylease", { emailIdentity }, { parent: this });
    return identity.dkimSigningAttributes.apply((dkim) => dkim?.tokens ?? []);
  }

  private rule(args: MailArgs, kind: Undelivered): cloudwatch.EventRule {
    const name = `keylease-${kind.name}`;
    const rule = new cloudwatch.EventRule(name, {
      name,
      description: kind.meaning,
      eventPattern: JSON.stringify(kind.pattern),
    }, { parent: this });
    new cloudwatch.EventTarget(name, {
      rule: rule.name,
      targetId: "revoke-queue",
      arn: args.revoke.queue.arn,
      inputTransformer: {
        inputPaths: { request_id: `$.detail.mail.tags.${REQUEST_ID_TAG}[0]` },
        inputTemplate: jobTemplate(kind.why),
      },
    }, { parent: this });
    return rule;
  }

  /** Scheduler and the programs send with roles of their own; EventBridge needs the queue's leave. */
  private letRulesSend(args: MailArgs, rules: readonly cloudwatch.EventRule[]): void {
    new sqs.QueuePolicy("keylease-revoke", {
      queueUrl: args.revoke.queue.url,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{
          Sid: "UndeliveredMail",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: ["sqs:SendMessage"],
          Resource: [args.revoke.queue.arn],
          Condition: { ArnEquals: { "aws:SourceArn": rules.map((rule) => rule.arn) } },
        }],
      }),
    }, { parent: this });
  }

  private watch(args: MailArgs): void {
    const base = { statistic: "Sum", periodSeconds: 300, is: "over" as const, threshold: 0 };
    for (const kind of UNDELIVERED) {
      alarm(`keylease-mail-${kind.name}`, {
        ...base,
        says: `A credential's email did not arrive (${kind.why}): its grant ends, and its requester is told.`,
        namespace: "AWS/Events",
        metric: "TriggeredRules",
        dimensions: { RuleName: `keylease-${kind.name}` },
      }, args.alarmTopicArn, this);
    }
    alarm("keylease-mail-events-lost", {
      ...base,
      says: "EventBridge could not send to the revoke queue that an email did not arrive.",
      namespace: "AWS/Events",
      metric: "FailedInvocations",
    }, args.alarmTopicArn, this);
  }
}
