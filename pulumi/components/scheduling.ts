/** EventBridge Scheduler: the group of the grants' ends, the role that sends them, and the sweeps: every five minutes, and once a day. */

import * as iam from "@pulumi/aws/iam";
import * as scheduler from "@pulumi/aws/scheduler";
import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { SCHEDULER_ROLE, SCHEDULE_DLQ, SCHEDULE_GROUP, SWEEP_ALL_SCHEDULE, SWEEP_SCHEDULE } from "../names";
import { schedulerPolicy } from "../policies/scheduler";
import { schedulerTrust } from "../policies/trust";
import { alarm } from "./alarm";
import { type Common, document } from "./common";
import type { WorkQueue } from "./work-queue";

/** SQS's own limit. */
const DLQ_RETENTION_SECONDS = 14 * 24 * 3600;
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
    this.dlq = new sqs.Queue(SCHEDULE_DLQ, {
      name: SCHEDULE_DLQ,
      messageRetentionSeconds: DLQ_RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
    }, parent);
    this.role = new iam.Role(SCHEDULER_ROLE, {
      name: SCHEDULER_ROLE,
      assumeRolePolicy: document(args.place, schedulerTrust),
    }, parent);
    const policy = new iam.RolePolicy(SCHEDULER_ROLE, {
      name: SCHEDULER_ROLE,
      role: this.role.name,
      policy: document(args.place, schedulerPolicy),
    }, parent);
    this.group = new scheduler.ScheduleGroup(SCHEDULE_GROUP, { name: SCHEDULE_GROUP }, parent);
    const recurring = (name: string, every: string, job: string, maxAgeSeconds: number): void => {
      new scheduler.Schedule(name, {
        name,
        groupName: this.group.name,
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
    alarm("keylease-schedules-parked", {
      says: "Scheduler could not send to the revoke queue: keylease dlq list says why. The sweep ends what is due.",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: SCHEDULE_DLQ },
      statistic: "Maximum",
      periodSeconds: 300,
      is: "over",
      threshold: 0,
    }, args.alarmTopicArn, this);
    this.registerOutputs();
  }
}
