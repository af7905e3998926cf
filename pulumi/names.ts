/**
 * The physical names of everything in the stack, and the ARNs that follow from them. A deployment that is not the default one
 * has its id in each name, so that several fit into one account.
 */

/** Which installation of Keylease something belongs to. */
export interface Deployment {
  /** As the programs are told it in `DEPLOYMENT_ID`. */
  readonly deploymentId: string;
}

/** Where a deployment is. */
export interface Place extends Deployment {
  readonly partition: string;
  readonly region: string;
  /** 12 digits. */
  readonly account: string;
}

/** An account in which a deployment makes grants. */
export type Account = Pick<Place, "partition" | "account" | "deploymentId">;

/** The deployment that says nothing else; `domain::DeploymentId::DEFAULT`. */
export const DEFAULT_DEPLOYMENT = "keylease";

export const WORKERS = ["notify", "provision", "revoke"] as const;
export type WorkerName = (typeof WORKERS)[number];
export const PROGRAMS = ["ingress", ...WORKERS] as const;
export type ProgramName = (typeof PROGRAMS)[number];

/** The programs' secrets, by the variable that takes each one. */
const SECRETS = {
  SLACK_SIGNING_SECRET: "slack-signing-secret",
  WORKFLOW_TOKEN: "workflow-token",
  SLACK_BOT_TOKEN: "slack-bot-token",
} as const;
export type SecretVariable = keyof typeof SECRETS;

const TABLES = ["projects", "requests", "claims"] as const;
export type TableName = (typeof TABLES)[number];

/** The index of requests that sweeps read. */
export const OPEN_INDEX = "open";
/** Its key, which only requests bear that a sweep may have something to do for; `aws::dynamodb::OPEN_ATTRIBUTE`. */
export const OPEN_ATTRIBUTE = "open";
/** When a claim may be deleted; `aws::claims::ClaimItem`. */
export const EXPIRY_ATTRIBUTE = "expires";
/** The path of every user that is made; `aws::iam::USER_PATH`. */
export const USER_PATH = "/keylease/";
/** What every such user's name begins with. */
export const USER_PREFIX = "keylease-";
/** The tag of a user that names the deployment that made it; `aws::iam::TAG_DEPLOYMENT`. */
export const TAG_DEPLOYMENT = "keylease:deployment";
/** Not named `keylease-…`, so that the role that makes grants' schedules cannot touch it. */
export const SWEEP_SCHEDULE = "sweep";
export const SWEEP_ALL_SCHEDULE = "sweep-all";

/** What the names of everything in a deployment begin with. */
export const prefix = ({ deploymentId }: Deployment): string =>
  deploymentId === DEFAULT_DEPLOYMENT ? "keylease" : `keylease-${deploymentId}`;

/** The name of something in a deployment. */
export const nameOf = (by: Deployment, what: string): string => `${prefix(by)}-${what}`;

export const queueName = (by: Deployment, worker: WorkerName): string => nameOf(by, worker);
export const dlqName = (by: Deployment, worker: WorkerName): string => nameOf(by, `${worker}-dlq`);
export const scheduleDlqName = (by: Deployment): string => nameOf(by, "schedules-dlq");
export const programName = (by: Deployment, program: ProgramName): string => nameOf(by, program);
export const logGroupName = (by: Deployment, program: ProgramName): string => `/aws/lambda/${programName(by, program)}`;
export const tableName = (by: Deployment, table: TableName): string => nameOf(by, table);
export const secretName = (by: Deployment, variable: SecretVariable): string => `${prefix(by)}/${SECRETS[variable]}`;
export const boundaryName = (by: Deployment): string => nameOf(by, "boundary");
export const schedulerRoleName = (by: Deployment): string => nameOf(by, "scheduler");
export const scheduleGroupName = (by: Deployment): string => prefix(by);
export const configurationSetName = (by: Deployment): string => prefix(by);
/** The role that projects in a member account name as `account_role_arn`, unless configured otherwise. */
export const memberRoleName = (by: Deployment): string => nameOf(by, "member");
/** The namespace of the programs' own metrics. */
export const metricsNamespace = ({ deploymentId }: Deployment): string =>
  deploymentId === DEFAULT_DEPLOYMENT ? "Keylease" : `Keylease/${deploymentId}`;
/** What a worker calls its session of a member account's role, in every deployment; `workers::context`. */
export const sessionName = (worker: WorkerName): string => `keylease-${worker}`;

/** The ARN of something that has a region. */
export function regional(place: Place, service: string, resource: string): string {
  return `arn:${place.partition}:${service}:${place.region}:${place.account}:${resource}`;
}

/** The ARN of something of IAM. */
export function iamArn(place: Pick<Place, "partition" | "account">, resource: string): string {
  return `arn:${place.partition}:iam::${place.account}:${resource}`;
}

export const queueArn = (place: Place, name: string): string => regional(place, "sqs", name);
export const tableArn = (place: Place, table: TableName): string =>
  regional(place, "dynamodb", `table/${tableName(place, table)}`);
export const openIndexArn = (place: Place): string => `${tableArn(place, "requests")}/index/${OPEN_INDEX}`;
export const roleArn = (place: Pick<Place, "partition" | "account">, name: string): string => iamArn(place, `role/${name}`);
/** Secrets Manager puts six random characters behind a secret's name. */
export const secretArn = (place: Place, variable: SecretVariable): string =>
  regional(place, "secretsmanager", `secret:${secretName(place, variable)}-??????`);
export const boundaryArn = (account: Account): string => iamArn(account, `policy/${boundaryName(account)}`);
/** AWS's own policy that denies everything: the boundary of a user whose grant is over; `aws::iam`. */
export const deniedArn = (place: Pick<Place, "partition">): string => `arn:${place.partition}:iam::aws:policy/AWSDenyAll`;
/** Every user that may be made. */
export const usersArn = (place: Pick<Place, "partition" | "account">): string => iamArn(place, `user${USER_PATH}*`);
/** Every role of a grant's own that may be made. */
export const grantRolesArn = (place: Pick<Place, "partition" | "account">): string => iamArn(place, `role${USER_PATH}*`);
