/** EventBridge Scheduler: the group of the grants' ends, the role that sends them, and the sweeps: every five minutes, and once a day. */

import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import {
  SWEEP_ALL_SCHEDULE, SWEEP_SCHEDULE, scheduleDlqName, scheduleGroupName, schedulerRoleName,
} from "../names";
import { schedulerPolicy } from "../policies/scheduler";
import { schedulerTrust } from "../policies/trust";
import { alarm } from "./alarm";
import { type Common, document } from "./common";
import { DLQ_RETENTION_SECONDS, type WorkQueue } from "./work-queue";

/** The next sweep is as good as one that is late by this; seconds. */
const SWEEP_MAX_AGE_SECONDS = 300;
/** The next look at the whole table comes only in a day; seconds. */
const SWEEP_ALL_MAX_AGE_SECONDS = 6 * 3600;

export interface SchedulingArgs extends Common {
  readonly revoke: WorkQueue;
}

export class Scheduling extends pulumi.ComponentResource {
  readonly group: scheduler.ScheduleGroup;
  readonly role: iam.Role;
  readonly dlq: sqs.Queue;

  constructor(args: SchedulingArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Scheduling", "keylease-scheduling", {}, options);
    const parent = { parent: this };
    const dlqName = scheduleDlqName(args.config);
    const roleName = schedulerRoleName(args.config);
    const groupName = scheduleGroupName(args.config);
    this.dlq = new sqs.Queue(dlqName, {
      name: dlqName,
      messageRetentionSeconds: DLQ_RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
    }, parent);
    this.role = new iam.Role(roleName, {
      name: roleName,
      assumeRolePolicy: document(args.place, schedulerTrust),
    }, parent);
    const policy = new iam.RolePolicy(roleName, {
      name: roleName,
      role: this.role.name,
      policy: document(args.place, schedulerPolicy),
    }, parent);
    this.group = new scheduler.ScheduleGroup(groupName, { name: groupName }, parent);
    const recurring = (name: string, every: string, job: string, maxAgeSeconds: number): void => {
      new scheduler.Schedule(name, {
        name,
        groupName: this.group.name,
        // A function whose secrets are still empty would use up each sweep's deliveries.
        state: args.config.sweeps ? "ENABLED" : "DISABLED",
        scheduleExpression: `rate(${every})`,
        flexibleTimeWindow: { mode: "OFF" },
        target: {
          arn: args.revoke.queue.arn,
          roleArn: this.role.arn,
          input: JSON.stringify({ version: 1, job }),
          retryPolicy: { maximumEventAgeInSeconds: maxAgeSeconds, maximumRetryAttempts: 3 },
          deadLetterConfig: { arn: this.dlq.arn },
        },
      }, { ...parent, dependsOn: [policy] });
    };
    recurring(SWEEP_SCHEDULE, "5 minutes", "sweep", SWEEP_MAX_AGE_SECONDS);
    recurring(SWEEP_ALL_SCHEDULE, "1 day", "sweep_all", SWEEP_ALL_MAX_AGE_SECONDS);
    alarm("schedules-parked", {
      says: "Scheduler could not send to the revoke queue: keylease dlq list says why. The sweep ends what is due.",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: dlqName },
      statistic: "Maximum",
      periodSeconds: 300,
      is: "over",
      threshold: 0,
    }, args, this);
    this.registerOutputs();
  }
}
