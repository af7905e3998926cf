/** The two tables. The programs use no index: the sweep reads the table of requests whole. */

import * as dynamodb from "@pulumi/aws/dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { TABLES } from "../names";
import { alarm } from "./alarm";
import type { Common } from "./common";

export class Tables extends pulumi.ComponentResource {
  readonly projects: dynamodb.Table;
  readonly requests: dynamodb.Table;

  constructor(args: Common, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Tables", "keylease-tables", {}, options);
    this.projects = this.table(args, TABLES.projects, "project");
    this.requests = this.table(args, TABLES.requests, "request_id");
    this.registerOutputs();
  }

  private table(args: Common, name: string, key: string): dynamodb.Table {
    for (const metric of ["ReadThrottleEvents", "WriteThrottleEvents"]) {
      alarm(`${name}-${metric === "ReadThrottleEvents" ? "read" : "write"}-throttled`, {
        says: `DynamoDB throttles ${name}: more comes in than it takes on demand.`,
        namespace: "AWS/DynamoDB",
        metric,
        dimensions: { TableName: name },
        statistic: "Sum",
        periodSeconds: 300,
        is: "over",
        threshold: 0,
      }, args.alarmTopicArn, this);
    }
    return new dynamodb.Table(name, {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: key,
      attributes: [{ name: key, type: "S" }],
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: args.config.deletionProtection,
    }, { parent: this, protect: args.config.deletionProtection });
  }
}
