/**
 * SES: who sends, and what becomes of an email that does not arrive. SES tells EventBridge of it, and a rule for each
 * kind makes a job for revoke out of it: a credential that its person does not have must not stay.
 */

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as sesv2 from "@pulumi/aws/sesv2";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { configurationSetName, nameOf, regional } from "../names";
import { alarm } from "./alarm";
import type { Common } from "./common";
import { REQUEST_ID_TAG, type Undelivered, jobTemplate, undelivered } from "./undelivered";
import { DLQ_RETENTION_SECONDS, type WorkQueue } from "./work-queue";

export interface MailArgs extends Common {
  readonly revoke: WorkQueue;
}

export class Mail extends pulumi.ComponentResource {
  /** What proves a domain in DNS, `TOKEN._domainkey.DOMAIN`; none for an address. */
  readonly dkimTokens: pulumi.Output<string[]>;
  /** Events that EventBridge could not make a job of. */
  private readonly dlq: sqs.Queue;

  constructor(args: MailArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Mail", "keylease-mail", {}, options);
    this.dkimTokens = this.identity(args);
    this.tellEventBridge(args);
    const dlqName = nameOf(args.config, "mail-events-dlq");
    this.dlq = new sqs.Queue(dlqName, {
      name: dlqName,
      messageRetentionSeconds: DLQ_RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
    }, { parent: this });
    const kinds = undelivered(args.config);
    const rules = kinds.map((kind) => this.rule(args, kind));
    this.letRulesSend("keylease-revoke", args.revoke.queue, rules);
    this.letRulesSend("keylease-mail-events-dlq", this.dlq, rules);
    this.watch(args, kinds, rules);
    this.registerOutputs();
  }

  private identity({ config }: MailArgs): pulumi.Output<string[]> {
    const { mailIdentity: emailIdentity, mailFromDomain } = config;
    const parent = { parent: this };
    const made = config.createMailIdentity ? [new sesv2.EmailIdentity("keylease", { emailIdentity }, parent)] : [];
    if (mailFromDomain !== undefined) {
      // Where its DNS records are not there (yet), SES sends from its own domain as before.
      const behaviorOnMxFailure = "USE_DEFAULT_VALUE";
      new sesv2.EmailIdentityMailFromAttributes("keylease", { emailIdentity, mailFromDomain, behaviorOnMxFailure }, {
        ...parent,
        dependsOn: made,
      });
    }
    const [identity] = made;
    return identity?.dkimSigningAttributes.apply((dkim) => dkim?.tokens ?? []) ?? pulumi.output<string[]>([]);
  }

  private tellEventBridge(args: MailArgs): void {
    const parent = { parent: this };
    const name = configurationSetName(args.config);
    const set = new sesv2.ConfigurationSet(name, {
      configurationSetName: name,
      deliveryOptions: { tlsPolicy: "REQUIRE" },
      reputationOptions: { reputationMetricsEnabled: true },
      suppressionOptions: { suppressedReasons: ["BOUNCE", "COMPLAINT"] },
    }, parent);
    new sesv2.ConfigurationSetEventDestination(name, {
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
  }

  private rule(args: MailArgs, kind: Undelivered): cloudwatch.EventRule {
    const name = nameOf(args.config, kind.name);
    const rule = new cloudwatch.EventRule(name, {
      name,
      description: kind.meaning,
      eventPattern: JSON.stringify(kind.pattern),
    }, { parent: this });
    new cloudwatch.EventTarget(name, {
      rule: rule.name,
      targetId: "revoke-queue",
      arn: args.revoke.queue.arn,
      // EventBridge tries for 24 h, and drops the event where nobody keeps it.
      deadLetterConfig: { arn: this.dlq.arn },
      inputTransformer: {
        inputPaths: { request_id: `$.detail.mail.tags.${REQUEST_ID_TAG}[0]` },
        inputTemplate: jobTemplate(kind.why),
      },
    }, { parent: this });
    return rule;
  }

  /** Scheduler and the programs send with roles of their own; EventBridge needs the queue's leave. */
  private letRulesSend(name: string, queue: sqs.Queue, rules: readonly cloudwatch.EventRule[]): void {
    new sqs.QueuePolicy(name, {
      queueUrl: queue.url,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [{
          Sid: "UndeliveredMail",
          Effect: "Allow",
          Principal: { Service: "events.amazonaws.com" },
          Action: ["sqs:SendMessage"],
          Resource: [queue.arn],
          Condition: { ArnEquals: { "aws:SourceArn": rules.map((rule) => rule.arn) } },
        }],
      }),
    }, { parent: this });
  }

  private watch(args: MailArgs, kinds: readonly Undelivered[], rules: readonly cloudwatch.EventRule[]): void {
    const base = { statistic: "Sum", periodSeconds: 300, is: "over" as const, threshold: 0 };
    for (const kind of kinds) {
      alarm(`mail-${kind.name}`, {
        ...base,
        says: `A credential's email did not arrive (${kind.why}): its grant ends, and its requester is told.`,
        namespace: "AWS/Events",
        metric: "TriggeredRules",
        dimensions: { RuleName: nameOf(args.config, kind.name) },
      }, args, this);
    }
    alarm("mail-events-lost", {
      ...base,
      says: "An email did not arrive, and EventBridge could neither tell revoke nor keep the event: look at the queues' policies.",
      namespace: "AWS/Events",
      metric: "FailedInvocations",
      // AWS keeps this metric for each rule alone.
      dimensions: rules.map((rule) => ({ RuleName: rule.name })),
    }, args, this);
    alarm("mail-events-parked", {
      ...base,
      says: "Revoke was never told that an email did not arrive: end its grant by hand (docs/operations.md).",
      statistic: "Maximum",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: nameOf(args.config, "mail-events-dlq") },
    }, args, this);
  }
}
