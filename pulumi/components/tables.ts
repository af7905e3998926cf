/**
 * The three tables. Requests have an index: it holds the keys of those that a sweep may have something to do for, all under
 * one value, so that a sweep reads these and not the whole table. It is written when a request is opened and when it is
 * settled. Claims are deleted by DynamoDB some time after they expire.
 */

import * as dynamodb from "@pulumi/aws/dynamodb";
import * as pulumi from "@pulumi/pulumi";
import { EXPIRY_ATTRIBUTE, OPEN_ATTRIBUTE, OPEN_INDEX, type TableName, tableName } from "../names";
import { alarm } from "./alarm";
import type { Common } from "./common";

interface Index {
  readonly name: string;
  readonly hashKey: string;
  readonly projectionType: "KEYS_ONLY";
}

/** What only some of the tables have. */
interface Own {
  readonly index?: Index;
  /** The attribute by which DynamoDB deletes items. Such a table is no memory: no backup keeps what it has deleted. */
  readonly expiry?: string;
}

export class Tables extends pulumi.ComponentResource {
  readonly projects: dynamodb.Table;
  readonly requests: dynamodb.Table;
  /** What machines ask for, and what is sealed to them. */
  readonly claims: dynamodb.Table;
  /** The name of the index of requests, known once it can be read. */
  readonly openIndex: pulumi.Output<string>;

  constructor(args: Common, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Tables", "keylease-tables", {}, options);
    this.projects = this.table(args, "projects", "project");
    this.requests = this.table(args, "requests", "request_id", {
      index: { name: OPEN_INDEX, hashKey: OPEN_ATTRIBUTE, projectionType: "KEYS_ONLY" },
    });
    this.claims = this.table(args, "claims", "claim_id", { expiry: EXPIRY_ATTRIBUTE });
    this.openIndex = this.requests.id.apply(() => OPEN_INDEX);
    this.registerOutputs();
  }

  private table(args: Common, table: TableName, key: string, { index, expiry }: Own = {}): dynamodb.Table {
    const name = tableName(args.config, table);
    for (const metric of ["ReadThrottleEvents", "WriteThrottleEvents"]) {
      alarm(`${table}-${metric === "ReadThrottleEvents" ? "read" : "write"}-throttled`, {
        says: `DynamoDB throttles ${name}: more comes in than it takes on demand.`,
        namespace: "AWS/DynamoDB",
        metric,
        dimensions: { TableName: name },
        statistic: "Sum",
        periodSeconds: 300,
        is: "over",
        threshold: 0,
      }, args, this);
    }
    return new dynamodb.Table(name, {
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: key,
      attributes: [key, ...(index ? [index.hashKey] : [])].map((name) => ({ name, type: "S" })),
      globalSecondaryIndexes: index ? [index] : [],
      ...(expiry === undefined ? {} : { ttl: { attributeName: expiry, enabled: true } }),
      pointInTimeRecovery: { enabled: expiry === undefined },
      serverSideEncryption: { enabled: true },
      deletionProtectionEnabled: args.config.deletionProtection,
    }, { parent: this, protect: args.config.deletionProtection });
  }
}
