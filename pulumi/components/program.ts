/** One of the four programs as a Lambda function, with its role, its log group and its alarms. */

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as iam from "@pulumi/aws/iam";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { type Place, type ProgramName, logGroupName, metricsNamespace, programName } from "../names";
import type { Policy } from "../policies/document";
import { lambdaTrust } from "../policies/trust";
import { alarm } from "./alarm";
import { type Common, document } from "./common";

export interface ProgramArgs extends Common {
  readonly program: ProgramName;
  readonly policy: (place: Place) => Policy;
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
}

export class Program extends pulumi.ComponentResource {
  readonly function: lambda.Function;
  readonly role: iam.Role;

  constructor(args: ProgramArgs, options?: pulumi.ComponentResourceOptions) {
    const name = programName(args.config, args.program);
    super("keylease:index:Program", name, {}, options);
    const parent = { parent: this };
    this.role = new iam.Role(name, { name, assumeRolePolicy: JSON.stringify(lambdaTrust()) }, parent);
    const policy = new iam.RolePolicy(name, {
      name,
      role: this.role.name,
      policy: document(args.place, args.policy),
    }, parent);
    const logs = new cloudwatch.LogGroup(name, {
      name: logGroupName(args.config, args.program),
      retentionInDays: args.config.logRetentionDays,
    }, parent);
    this.function = new lambda.Function(name, {
      name,
      role: this.role.arn,
      runtime: "provided.al2023",
      handler: "bootstrap",
      architectures: [args.config.architecture],
      code: new pulumi.asset.FileArchive(`${args.config.packages}/${args.program}.zip`),
      memorySize: args.memoryMb,
      timeout: args.timeoutSeconds,
      environment: {
        variables: {
          RUST_LOG: args.config.logLevel,
          LOG_FORMAT: "json",
          METRICS_NAMESPACE: metricsNamespace(args.config),
          ...args.environment,
        },
      },
      // A function that starts before it may read its secrets fails its first calls.
    }, { ...parent, dependsOn: [policy, logs] });
    this.watch(args, name);
    this.registerOutputs();
  }

  private watch(args: ProgramArgs, name: string): void {
    const base = {
      namespace: "AWS/Lambda",
      dimensions: { FunctionName: name },
      statistic: "Sum",
      periodSeconds: 300,
      is: "over" as const,
      threshold: 0,
    };
    const says = `${name} fails as a whole: look into ${logGroupName(args.config, args.program)}.`;
    alarm(`${args.program}-errors`, { ...base, says, metric: "Errors" }, args, this);
    const throttled = `${name} is throttled: the account's concurrency is used up.`;
    alarm(`${args.program}-throttles`, { ...base, says: throttled, metric: "Throttles" }, args, this);
  }
}
