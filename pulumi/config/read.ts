/** Reads the stack's configuration, or names every fault in it at once. */

import { DEFAULT_DEPLOYMENT, type Deployment } from "../names";
import type { IdentityCenter } from "../policies/identity-center";
import { notifyPolicy } from "../policies/notify";
import { provisionPolicy } from "../policies/provision";
import { revokePolicy } from "../policies/revoke";
import { Reader } from "./reader";
import { longestPlace, tooLong } from "./sizes";

/** How the ingress is reached. */
export type IngressKind = "http-api" | "function-url";

/** Where alarms go in Slack, through Amazon Q Developer in chat applications (once Chatbot). */
export interface SlackAlarms {
  readonly workspaceId: string;
  readonly channelId: string;
}

export interface StackConfig extends Deployment {
  /** Folder of `ingress.zip`, `notify.zip`, `provision.zip` and `revoke.zip`. */
  readonly packages: string;
  readonly architecture: "arm64" | "x86_64";
  /** The address that credentials are sent from. */
  readonly sender: string;
  /** The SES identity that covers the sender: the address itself, or its domain. */
  readonly mailIdentity: string;
  /** False where the account has the identity already. */
  readonly createMailIdentity: boolean;
  readonly mailSandbox: boolean;
  readonly claimedRoles: boolean;
  /** The domain under the identity's that bounces go to, so that SPF is about the sender's domain. */
  readonly mailFromDomain: string | undefined;
  /** Functions of a worker at once, at most; Lambda's own minimum is 2. */
  readonly workerConcurrency: number;
  /** Whether the schedules of the sweeps are on. */
  readonly sweeps: boolean;
  readonly ingress: IngressKind;
  readonly policyArns: readonly string[];
  readonly sessionRoleArns: readonly string[];
  readonly accountRoleArns: readonly string[];
  /** The Identity Center that people sign in by, and what of it can be given. */
  readonly identityCenter: IdentityCenter | undefined;
  readonly minDuration: string;
  readonly pendingTtl: string;
  readonly alarmEmail: string | undefined;
  readonly slackAlarms: SlackAlarms | undefined;
  readonly logRetentionDays: number;
  readonly logLevel: string;
  readonly deletionProtection: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** Values that Pulumi keeps as secrets, in no program's reach but the Secrets Manager's. */
export const SECRET_KEYS = ["slackSigningSecret", "workflowToken", "slackBotToken"] as const;

/** What CloudWatch Logs takes (its API reference, PutRetentionPolicy), up to ten years. */
const RETENTION_DAYS = [
  "1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365", "400", "545", "731", "1096", "1827", "2192",
  "2557", "2922", "3288", "3653",
] as const;

/**
 * Reads the configuration's own keys, without their namespace. Lists and maps come as JSON, as Pulumi hands them over.
 * `secrets` are the keys whose values are encrypted.
 */
export function readConfig(raw: Readonly<Record<string, string>>, secrets: ReadonlySet<string>): StackConfig {
  const from = new Reader("keylease", raw);
  const architecture = from.choice("architecture", ["arm64", "x86_64"], "arm64");
  const sender = from.text("sender", EMAIL, "an email address like keylease@example.com");
  const config: StackConfig = {
    deploymentId: from.text("deploymentId", DEPLOYMENT_ID, DEPLOYMENT_ID_IS, DEFAULT_DEPLOYMENT),
    packages: from.text("packages", /./, "a folder", `../target/package/${architecture}`),
    architecture,
    sender,
    mailIdentity: from.text("mailIdentity", IDENTITY, "an email address or a domain", sender),
    createMailIdentity: from.flag("createMailIdentity", true),
    mailSandbox: from.flag("mailSandbox", false),
    claimedRoles: from.flag("claimedRoles", false),
    mailFromDomain: from.optional("mailFromDomain", DOMAIN, "a domain like mail.example.com"),
    workerConcurrency: from.whole("workerConcurrency", WORKER_CONCURRENCY, 5),
    sweeps: from.flag("sweeps", true),
    ingress: from.choice("ingress", ["http-api", "function-url"], "http-api"),
    policyArns: from.list("policyArns", POLICY_ARN, "the ARN of a managed policy"),
    sessionRoleArns: from.list("sessionRoleArns", ROLE_ARN, "the ARN of a role"),
    accountRoleArns: from.list("accountRoleArns", ROLE_ARN, "the ARN of a role"),
    identityCenter: readIdentityCenter(from),
    minDuration: from.text("minDuration", DURATION, "a duration like 15m or 2h", "15m"),
    pendingTtl: from.text("pendingTtl", DURATION, "a duration like 24h", "24h"),
    alarmEmail: from.optional("alarmEmail", EMAIL, "an email address"),
    slackAlarms: readSlackAlarms(from),
    logRetentionDays: Number(from.choice("logRetentionDays", RETENTION_DAYS, "90")),
    logLevel: from.text("logLevel", /^[A-Za-z0-9_=,:-]+$/, "a level like info, or directives like info,aws=warn", "info"),
    deletionProtection: from.flag("deletionProtection", true),
    tags: from.map("tags"),
  };
  checkSecrets(from, secrets);
  checkAgainstEachOther(from, config);
  checkSizes(from, config);
  from.finish();
  return config;
}

/** What stands in names of AWS; the programs take more (`domain::DeploymentId`), SQS and Lambda do not. */
export const DEPLOYMENT_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
export const DEPLOYMENT_ID_IS = "1 to 32 of a-z, 0-9 and `-`";
export const ROLE_ARN = /^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/;
export const POLICY_ARN = /^arn:aws[a-z-]*:iam::(aws|\d{12}):policy\/[\w+=,.@/-]+$/;
export const INSTANCE_ARN = /^arn:aws[a-z-]*:sso:::instance\/(sso)?ins-[A-Za-z0-9.-]{16}$/;
export const PERMISSION_SET_ARN = /^arn:aws[a-z-]*:sso:::permissionSet\/(sso)?ins-[A-Za-z0-9.-]{16}\/ps-[A-Za-z0-9.-]{16}$/;
const ACCESS_APPLICATION_ARN = /^arn:aws[a-z-]*:account-access:[a-z0-9-]*:\d{12}:application\/[\w-]+$/;
const EMAIL = /^[^@\s]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const DOMAIN = /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
const IDENTITY = /^([^@\s]+@)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/;
/** Lambda's own limits for what an event source may start. */
const WORKER_CONCURRENCY = { least: 2, most: 1000 };
const DURATION = /^([1-9]\d*[dhms])+$/;

function readIdentityCenter(from: Reader): IdentityCenter | undefined {
  const instanceArn = from.optional("identityCenterInstanceArn", INSTANCE_ARN, "the ARN of an instance of IAM Identity Center");
  const storeId = from.optional("identityStoreId", /^d-[0-9a-f]{10}$/, "the id of an identity store like d-9067a1b2c3");
  const ownerAccount = from.optional("identityCenterAccount", /^\d{12}$/, "the 12 digits of the account that the instance is in");
  const center = {
    region: from.optional("identityCenterRegion", /^[a-z0-9-]+$/, "a region like eu-central-1"),
    portalUrl: from.optional("identityCenterPortalUrl", /^https:\/\/\S+$/, "an address like https://example.awsapps.com/start"),
    permissionSetArns: from.list("permissionSetArns", PERMISSION_SET_ARN, "the ARN of a permission set"),
    accountIds: from.list("assignedAccountIds", /^\d{12}$/, "the 12 digits of an account"),
    accessApplicationArn: from.optional(
      "accountAccessApplicationArn", ACCESS_APPLICATION_ARN, "the ARN of an application of account access manager",
    ),
    groupIds: from.list("groupIds", /^[A-Za-z0-9-]{36,47}$/, "the id of a group in Identity Center"),
  };
  const needed = [instanceArn, storeId, ownerAccount];
  if (needed.every((value) => value === undefined)) return undefined;
  if (instanceArn === undefined || storeId === undefined || ownerAccount === undefined) {
    from.fault(
      "keylease:identityCenterInstanceArn, keylease:identityStoreId and keylease:identityCenterAccount go together; set all, or none",
    );
    return undefined;
  }
  return { instanceArn, storeId, ownerAccount, ...center };
}

function readSlackAlarms(from: Reader): SlackAlarms | undefined {
  const workspaceId = from.optional("alarmSlackWorkspaceId", /^T[A-Z0-9]+$/, "a Slack workspace id like T0123456789");
  const channelId = from.optional("alarmSlackChannelId", /^[CG][A-Z0-9]+$/, "a Slack channel id like C0123456789");
  if ((workspaceId === undefined) !== (channelId === undefined)) {
    from.fault("keylease:alarmSlackWorkspaceId and keylease:alarmSlackChannelId go together; set both, or neither");
  }
  return workspaceId === undefined || channelId === undefined ? undefined : { workspaceId, channelId };
}

function checkSecrets(from: Reader, secrets: ReadonlySet<string>): void {
  const prefixes = { slackSigningSecret: /^[0-9a-f]{32,}$/, workflowToken: /^.{32,}$/, slackBotToken: /^xoxb-/ };
  const forms = {
    slackSigningSecret: "32 hexadecimal digits, from the Slack app's page",
    workflowToken: "at least 32 characters, made at random",
    slackBotToken: "a token that begins with xoxb-",
  };
  for (const key of SECRET_KEYS) {
    const value = from.take(key);
    if (value === undefined) continue;
    if (!secrets.has(key)) {
      from.fault(`keylease:${key} is in clear; set it with: pulumi config set --secret keylease:${key}`);
    }
    if (!prefixes[key].test(value)) from.fault(`keylease:${key} must be ${forms[key]}`);
  }
}

function checkAgainstEachOther(from: Reader, config: StackConfig): void {
  const { sender, mailIdentity, mailFromDomain } = config;
  if (sender !== "" && mailIdentity !== "" && sender !== mailIdentity && !isUnder(sender, mailIdentity)) {
    from.fault(`keylease:mailIdentity ${mailIdentity} does not cover keylease:sender ${sender}`);
  }
  if (mailFromDomain !== undefined && !mailFromDomain.endsWith(`.${mailIdentity}`)) {
    from.fault(`keylease:mailFromDomain ${mailFromDomain} is not under keylease:mailIdentity ${mailIdentity}, which has to be a domain`);
  }
  const lists = [config.policyArns, config.sessionRoleArns, config.accountRoleArns];
  if (lists.every((list) => list.length === 0) && config.identityCenter === undefined) {
    from.fault(
      "nothing can be granted: list managed policies in keylease:policyArns, roles in keylease:sessionRoleArns, " +
        "member accounts' roles in keylease:accountRoleArns, or name an Identity Center in keylease:identityCenterInstanceArn",
    );
  }
}

function checkSizes(from: Reader, config: StackConfig): void {
  const { policyArns, sessionRoleArns, accountRoleArns, identityCenter } = config;
  const { permissionSetArns = [], accountIds: assignedAccountIds = [], groupIds = [] } = identityCenter ?? {};
  const lists = { policyArns, sessionRoleArns, accountRoleArns, permissionSetArns, assignedAccountIds, groupIds };
  const place = longestPlace(config.deploymentId);
  const policies = {
    notify: notifyPolicy(place, config),
    provision: provisionPolicy(place, config),
    revoke: revokePolicy(place, config),
  };
  for (const sentence of tooLong("keylease", policies, lists)) from.fault(sentence);
}

/** Whether the address is at the domain, or at one under it. */
function isUnder(address: string, domain: string): boolean {
  const host = address.split("@")[1] ?? "";
  return host === domain || host.endsWith(`.${domain}`);
}
