/** The physical names of everything in the stack, and the ARNs that follow from them. One stack fits into an account. */

/** Where the stack is. */
export interface Place {
  /** `aws`, `aws-cn` and so on. */
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

export const WORKERS = ["notify", "provision", "revoke"] as const;
export type WorkerName = (typeof WORKERS)[number];
export const PROGRAMS = ["ingress", ...WORKERS] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** The programs' secrets, by the variable that takes each one. */
export const SECRETS = {
  SLACK_SIGNING_SECRET: "keylease/slack-signing-secret",
  WORKFLOW_TOKEN: "keylease/workflow-token",
  SLACK_BOT_TOKEN: "keylease/slack-bot-token",
} as const;
export type SecretVariable = keyof typeof SECRETS;

export const TABLES = { projects: "keylease-projects", requests: "keylease-requests" } as const;
/** The index of requests that sweeps read. */
export const OPEN_INDEX = "open";
/** Its key, which only requests bear that a sweep may have something to do for; `platform::store::OPEN_ATTRIBUTE`. */
export const OPEN_ATTRIBUTE = "open";
/** The path of every user that is made; `platform::iam::USER_PATH`. */
export const USER_PATH = "/keylease/";
/** What every such user's name begins with. */
export const USER_PREFIX = "keylease-";
export const BOUNDARY = "keylease-boundary";
export const SCHEDULE_GROUP = "keylease";
/** Not named `keylease-…`, so that the role that makes grants' schedules cannot touch it. */
export const SWEEP_SCHEDULE = "sweep";
export const SWEEP_ALL_SCHEDULE = "sweep-all";
export const SCHEDULER_ROLE = "keylease-scheduler";
export const SCHEDULE_DLQ = "keylease-schedules-dlq";
export const CONFIGURATION_SET = "keylease";
/** The role that projects in a member account name as `account_role_arn`, unless configured otherwise. */
export const MEMBER_ROLE = "keylease-member";
/** The namespace of the programs' own metrics. */
export const METRICS_NAMESPACE = "Keylease";

export const queueName = (worker: WorkerName): string => `keylease-${worker}`;
export const dlqName = (worker: WorkerName): string => `keylease-${worker}-dlq`;
export const programName = (program: ProgramName): string => `keylease-${program}`;
export const logGroupName = (program: ProgramName): string => `/aws/lambda/${programName(program)}`;

/** The ARN of something that has a region. */
export function regional(place: Place, service: string, resource: string): string {
  return `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;
}

/** The ARN of something of IAM. */
export function iamArn(place: Pick<Place, "partition" | "account">, resource: string): string {
  return `arn:${place.partition}:iam::${place.account}:${resource}`;
}

export const queueArn = (place: Place, name: string): string => regional(place, "sqs", name);
export const tableArn = (place: Place, name: string): string => regional(place, "dynamodb", `table/${name}`);
export const openIndexArn = (place: Place): string => tableArn(place, `${TABLES.requests}/index/${OPEN_INDEX}`);
export const roleArn = (place: Place, name: string): string => iamArn(place, `role/${name}`);
/** Secrets Manager puts six random characters behind a secret's name. */
export const secretArn = (place: Place, name: string): string => regional(place, "secretsmanager", `secret:${name}-??????`);
export const boundaryArn = (place: Pick<Place, "partition" | "account">): string => iamArn(place, `policy/${BOUNDARY}`);
/** AWS's own policy that denies everything: the boundary of a user whose grant is over; `platform::iam`. */
export const deniedArn = (place: Pick<Place, "partition">): string => `arn:${place.partition}:iam::aws:policy/AWSDenyAll`;
/** Every user that may be made. */
export const usersArn = (place: Pick<Place, "partition" | "account">): string => iamArn(place, `user${USER_PATH}*`);
