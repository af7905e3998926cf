/** One account of the emulator, as the AWS SDK sees it, and what was made in it. */

import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SESv2Client } from "@aws-sdk/client-sesv2";
import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { STSClient } from "@aws-sdk/client-sts";
import { Made } from "./made";

export interface EmulatorOptions {
  readonly endpoint: string;
  /** 12 digits. The emulator takes them as the key id of the account's root. */
  readonly account: string;
  readonly region: string;
  /** What every function is told besides its own variables. */
  readonly environment: Readonly<Record<string, string>>;
}

export class Emulator {
  readonly apis: ApiGatewayV2Client;
  readonly cloudwatch: CloudWatchClient;
  readonly logs: CloudWatchLogsClient;
  readonly dynamodb: DynamoDBClient;
  readonly events: EventBridgeClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly scheduler: SchedulerClient;
  readonly secrets: SecretsManagerClient;
  readonly ses: SESv2Client;
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  readonly sts: STSClient;
  readonly made = new Made();

  constructor(readonly options: EmulatorOptions) {
    const { endpoint, region, account } = options;
    const credentials = { accessKeyId: account, secretAccessKey: "test" };
    const client = { endpoint, region, credentials };
    this.apis = new ApiGatewayV2Client(client);
    this.cloudwatch = new CloudWatchClient(client);
    this.logs = new CloudWatchLogsClient(client);
    this.dynamodb = new DynamoDBClient(client);
    this.events = new EventBridgeClient(client);
    this.iam = new IAMClient(client);
    this.lambda = new LambdaClient(client);
    this.scheduler = new SchedulerClient(client);
    this.secrets = new SecretsManagerClient(client);
    this.ses = new SESv2Client(client);
    this.sns = new SNSClient(client);
    this.sqs = new SQSClient(client);
    this.sts = new STSClient(client);
  }
}
