/** A queue of jobs with its dead-letter queue, and the alarms that say that either fills up. */

import * as sqs from "@pulumi/aws/sqs";
import * as pulumi from "@pulumi/pulumi";
import { type WorkerName, dlqName as deadLetterQueueName, queueName } from "../names";
import { alarm } from "./alarm";
import type { Common } from "./common";

/** Deliveries before SQS moves a message to the DLQ. The worker parks it itself, with its reason, at the last one. */
const MAX_RECEIVE_COUNT = 10;
/** SQS's own limit: what is parked must outlive a holiday. */
export const DLQ_RETENTION_SECONDS = 14 * 24 * 3600;
/** A job waits so long when its worker is stuck or throttled; seconds. */
const OLDEST_MESSAGE_SECONDS = 600;

export interface WorkQueueArgs extends Common {
  readonly worker: WorkerName;
  /** How long a job stays with the worker that took it. The worker extends it while it works. */
  readonly visibilitySeconds: number;
}

export class WorkQueue extends pulumi.ComponentResource {
  readonly queue: sqs.Queue;
  readonly dlq: sqs.Queue;

  constructor(args: WorkQueueArgs, options?: pulumi.ComponentResourceOptions) {
    const name = queueName(args.config, args.worker);
    const dlqName = deadLetterQueueName(args.config, args.worker);
    super("keylease:index:WorkQueue", name, {}, options);
    const parent = { parent: this };
    this.dlq = new sqs.Queue(dlqName, {
      name: dlqName,
      messageRetentionSeconds: DLQ_RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
    }, parent);
    this.queue = new sqs.Queue(name, {
      name,
      visibilityTimeoutSeconds: args.visibilitySeconds,
      receiveWaitTimeSeconds: 20,
      sqsManagedSseEnabled: true,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: this.dlq.arn, maxReceiveCount: MAX_RECEIVE_COUNT }),
    }, parent);
    new sqs.RedriveAllowPolicy(`${name}-redrive`, {
      queueUrl: this.dlq.url,
      redriveAllowPolicy: pulumi.jsonStringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [this.queue.arn],
      }),
    }, parent);
    this.watch(args, name);
    this.registerOutputs();
  }

  private watch(args: WorkQueueArgs, name: string): void {
    const age = {
      says: `Jobs wait on ${name}: is its worker failing, or throttled?`,
      namespace: "AWS/SQS",
      metric: "ApproximateAgeOfOldestMessage",
      dimensions: { QueueName: name },
      statistic: "Maximum",
      periodSeconds: 300,
      is: "over" as const,
      threshold: OLDEST_MESSAGE_SECONDS,
      saysWhenOver: true,
    };
    const parked = {
      ...age,
      says: `Jobs were parked: keylease dlq list ${args.worker} says why.`,
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: deadLetterQueueName(args.config, args.worker) },
      threshold: 0,
      saysWhenOver: false,
    };
    alarm(`${args.worker}-waits`, age, args, this);
    alarm(`${args.worker}-parked`, parked, args, this);
  }
}
