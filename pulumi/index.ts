/** The stack: wires the components together. `README.md` has the configuration and the outputs. */

import * as pulumi from "@pulumi/pulumi";
import { AlarmTopic } from "./components/alarm-topic";
import { Boundary } from "./components/boundary";
import type { Common } from "./components/common";
import { Ingress } from "./components/ingress";
import { Mail } from "./components/mail";
import { findPlace } from "./components/place";
import { Scheduling } from "./components/scheduling";
import { Secrets } from "./components/secrets";
import { Tables } from "./components/tables";
import { tagEverything } from "./components/tags";
import { Watch } from "./components/watch";
import { WorkQueue } from "./components/work-queue";
import { Worker } from "./components/worker";
import { readConfig } from "./config/read";
import { settings } from "./config/stack";
import { configurationSetName } from "./names";
import { notifyPolicy } from "./policies/notify";
import { provisionPolicy } from "./policies/provision";
import { revokePolicy } from "./policies/revoke";

const { raw, secrets: encrypted } = settings("keylease");
const config = readConfig(raw, encrypted);
tagEverything(config.tags);

const place = findPlace(config);
const alarmTopic = new AlarmTopic(config);
const common: Common = { config, place, alarmTopicArn: alarmTopic.arn };

const notify = new WorkQueue({ ...common, worker: "notify", visibilitySeconds: 180 });
const provision = new WorkQueue({ ...common, worker: "provision", visibilitySeconds: 360 });
// A sweep may take minutes. What a revoke that died held must come back soon, so this is little more than its timeout.
const revoke = new WorkQueue({ ...common, worker: "revoke", visibilitySeconds: 330 });
const tables = new Tables(common);
const secrets = new Secrets(config);
const scheduling = new Scheduling({ ...common, revoke });
const mail = new Mail({ ...common, revoke });

const queueUrls = {
  QUEUE_URL_NOTIFY: notify.queue.url,
  QUEUE_URL_PROVISION: provision.queue.url,
  QUEUE_URL_REVOKE: revoke.queue.url,
};
const { identityCenter } = config;
const signIn = identityCenter === undefined ? {} : {
  IDENTITY_CENTER_INSTANCE_ARN: identityCenter.instanceArn,
  IDENTITY_STORE_ID: identityCenter.storeId,
  ...(identityCenter.region === undefined ? {} : { IDENTITY_CENTER_REGION: identityCenter.region }),
  ...(identityCenter.portalUrl === undefined ? {} : { IDENTITY_CENTER_PORTAL_URL: identityCenter.portalUrl }),
};
// It is not told its own URL, which AWS makes up after it: links to the claim page are written by the workers.
const ingress = new Ingress({
  ...common,
  environment: {
    ...queueUrls,
    DYNAMODB_TABLE_CLAIMS: tables.claims.name,
    ...secrets.variables("SLACK_SIGNING_SECRET", "WORKFLOW_TOKEN", "SLACK_BOT_TOKEN"),
  },
});
/** What `keylease` on an operator's machine is told, and the workers too. */
const shared = {
  ...queueUrls,
  ...signIn,
  DEPLOYMENT_ID: config.deploymentId,
  DYNAMODB_TABLE_PROJECTS: tables.projects.name,
  DYNAMODB_TABLE_REQUESTS: tables.requests.name,
  DYNAMODB_TABLE_CLAIMS: tables.claims.name,
  PUBLIC_URL: ingress.url,
  SCHEDULER_GROUP: scheduling.group.name,
  MIN_DURATION: config.minDuration,
  PENDING_TTL: config.pendingTtl,
};
const boundary = new Boundary({
  ...common,
  unnamed: pulumi.output(ingress.apiId).apply((apiId) => ({
    apiId,
    sender: config.sender,
    mailIdentities: config.createMailIdentity ? [config.mailIdentity] : [],
  })),
});
const making = {
  SCHEDULER_ROLE_ARN: scheduling.role.arn,
  SCHEDULER_DLQ_ARN: scheduling.dlq.arn,
  PERMISSIONS_BOUNDARY_ARN: boundary.arn,
  SES_FROM_ADDRESS: config.sender,
  SES_CONFIGURATION_SET: configurationSetName(config),
};
const sweeping = { DYNAMODB_INDEX_OPEN: tables.openIndex };
const forWorkers = { ...shared, ...secrets.variables("SLACK_BOT_TOKEN") };

new Worker({
  ...common,
  worker: "notify",
  queue: notify,
  policy: (place) => notifyPolicy(place, config),
  environment: { ...forWorkers, ...sweeping },
  timeoutSeconds: 30,
  maximumConcurrency: config.workerConcurrency,
  batchSize: 10,
});
new Worker({
  ...common,
  worker: "provision",
  queue: provision,
  policy: (place) => provisionPolicy(place, config),
  environment: { ...forWorkers, ...making },
  timeoutSeconds: 60,
  // IAM throttles an account as a whole; 2 is Lambda's least.
  maximumConcurrency: 2,
  batchSize: 5,
});
new Worker({
  ...common,
  worker: "revoke",
  queue: revoke,
  policy: (place) => revokePolicy(place, config),
  environment: { ...forWorkers, ...sweeping },
  timeoutSeconds: 300,
  maximumConcurrency: config.workerConcurrency,
  batchSize: 10,
});
new Watch({ ...common, ingress });

export const workflowUrl = pulumi.interpolate`${ingress.url}/workflows/aws-access`;
export const interactionsUrl = pulumi.interpolate`${ingress.url}/slack/interactions`;
export const commandsUrl = pulumi.interpolate`${ingress.url}/slack/commands`;
export const eventsUrl = pulumi.interpolate`${ingress.url}/slack/events`;
export const healthUrl = pulumi.interpolate`${ingress.url}/healthz`;
/** For `keylease`: `pulumi stack output operatorVariables --json`. */
export const operatorVariables = {
  ...shared,
  ...making,
  ...sweeping,
  AWS_REGION: place.region,
};
export const alarmTopicArn = alarmTopic.arn;
export const dkimTokens = mail.dkimTokens;
/** What a member account's stack is told as its `hubAccount`. */
export const account = place.account;
