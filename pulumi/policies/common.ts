/** Statements that several functions' policies share. */

import {
  type Place, type ProgramName, type SecretVariable, type WorkerName,
  WORKERS, dlqName, logGroupName, queueArn, queueName, regional, secretArn,
} from "../names";
import { type Statement, allow } from "./document";

/** Write to its own log group, which the stack makes. */
export function writeLogs(place: Place, program: ProgramName): Statement {
  const streams = regional(place, "logs", `log-group:${logGroupName(place, program)}:log-stream:*`);
  return allow("OwnLog", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]);
}

export function readSecrets(place: Place, variables: readonly SecretVariable[]): Statement {
  const arns = variables.map((variable) => secretArn(place, variable));
  return allow("OwnSecrets", ["secretsmanager:GetSecretValue"], arns);
}

/** Send jobs. Every program sends to all three: whoever finds a request with jobs left unsent sends them. */
export function sendJobs(place: Place): Statement {
  const arns = WORKERS.map((worker) => queueArn(place, queueName(place, worker)));
  return allow("SendJobs", ["sqs:SendMessage"], arns);
}

/** Take jobs from its own queue, hold them, and park those that cannot succeed. */
export function takeJobs(place: Place, worker: WorkerName): readonly Statement[] {
  const own = queueArn(place, queueName(place, worker));
  const dlq = queueArn(place, dlqName(place, worker));
  const take = [
    "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes",
  ];
  return [allow("TakeJobs", take, [own]), allow("ParkJobs", ["sqs:GetQueueUrl", "sqs:SendMessage"], [dlq])];
}
