/** A worker: a program that takes jobs from its queue, several at a time, and names those that failed. */

import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import type { Place, WorkerName } from "../names";
import type { Policy } from "../policies/document";
import { alarm } from "./alarm";
import type { Common } from "./common";
import { Program } from "./program";
import type { WorkQueue } from "./work-queue";

const MEMORY_MB = 256;

export interface WorkerArgs extends Common {
  readonly worker: WorkerName;
  readonly queue: WorkQueue;
  readonly policy: (place: Place) => Policy;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly timeoutSeconds: number;
  /** Functions at once, at most. Lambda's own minimum is 2. */
  readonly maximumConcurrency: number;
  /** Jobs that one function works on at once, at most. */
  readonly batchSize: number;
}

export class Worker extends pulumi.ComponentResource {
  readonly program: Program;

  constructor(args: WorkerArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Worker", `keylease-${args.worker}`, {}, options);
    const { worker, queue, maximumConcurrency, batchSize, ...rest } = args;
    this.program = new Program({ ...rest, program: worker, memoryMb: MEMORY_MB }, { parent: this });
    new lambda.EventSourceMapping(`keylease-${worker}`, {
      eventSourceArn: queue.queue.arn,
      functionName: this.program.function.name,
      batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency },
    }, { parent: this });
    this.allowLoops(args);
    this.registerOutputs();
  }
  /**
   * A worker sends to the queue that feeds it: the next slice of a table, a job that is put off. Lambda takes 16 such rounds
   * for a loop without end and drops the next, unless it is told that they are meant.
   */
  private allowLoops(args: WorkerArgs): void {
    const functionName = this.program.function.name;
    new lambda.FunctionRecursionConfig(`keylease-${args.worker}`, { functionName, recursiveLoop: "Allow" }, { parent: this });
    alarm(`${args.worker}-dropped`, {
      says: `Lambda took jobs of ${args.worker} for a loop without end and dropped them: its recursion configuration is gone.`,
      namespace: "AWS/Lambda",
      metric: "RecursiveInvocationsDropped",
      dimensions: { FunctionName: functionName },
      statistic: "Sum",
      periodSeconds: 300,
      is: "over",
      threshold: 0,
    }, args, this);
  }
}
