/** DynamoDB. */

import {
  CreateTableCommand, type GlobalSecondaryIndex, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand,
} from "@aws-sdk/client-dynamodb";
import { type Creators, type Inputs, given, tagList } from "./creator";

/** An empty list is refused. */
function indexes(inputs: Inputs): GlobalSecondaryIndex[] | undefined {
  const found = (inputs.globalSecondaryIndexes ?? []).map((index: Inputs) => ({
    IndexName: index.name,
    KeySchema: [{ AttributeName: index.hashKey, KeyType: "HASH" }],
    Projection: { ProjectionType: index.projectionType },
  }));
  return found.length > 0 ? found : undefined;
}

export const tables: Creators = {
  "aws:dynamodb/table:Table": async (emulator, inputs) => {
    const made = await emulator.dynamodb.send(new CreateTableCommand({
      TableName: inputs.name,
      BillingMode: inputs.billingMode,
      KeySchema: [{ AttributeName: inputs.hashKey, KeyType: "HASH" }],
      AttributeDefinitions: inputs.attributes.map(
        (attribute: Inputs) => ({ AttributeName: attribute.name, AttributeType: attribute.type })),
      GlobalSecondaryIndexes: indexes(inputs),
      SSESpecification: { Enabled: inputs.serverSideEncryption.enabled },
      DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
      Tags: tagList(inputs),
    }));
    await emulator.dynamodb.send(new UpdateContinuousBackupsCommand({
      TableName: inputs.name,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: inputs.pointInTimeRecovery.enabled },
    }));
    if (inputs.ttl !== undefined) {
      await emulator.dynamodb.send(new UpdateTimeToLiveCommand({
        TableName: inputs.name,
        TimeToLiveSpecification: { AttributeName: inputs.ttl.attributeName, Enabled: inputs.ttl.enabled },
      }));
    }
    emulator.made.tables.push(inputs.name);
    return { id: inputs.name, outputs: { arn: given(made.TableDescription?.TableArn, "a table's ARN") } };
  },
};
