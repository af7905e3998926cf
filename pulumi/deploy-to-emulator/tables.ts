/** DynamoDB. */

import { CreateTableCommand, UpdateContinuousBackupsCommand } from "@aws-sdk/client-dynamodb";
import { type Creators, type Inputs, given, tagList } from "./creator";

export const tables: Creators = {
  "aws:dynamodb/table:Table": async (emulator, inputs) => {
    const made = await emulator.dynamodb.send(new CreateTableCommand({
      TableName: inputs.name,
      BillingMode: inputs.billingMode,
      KeySchema: [{ AttributeName: inputs.hashKey, KeyType: "HASH" }],
      AttributeDefinitions: inputs.attributes.map(
        (attribute: Inputs) => ({ AttributeName: attribute.name, AttributeType: attribute.type })),
      SSESpecification: { Enabled: inputs.serverSideEncryption.enabled },
      DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
      Tags: tagList(inputs),
    }));
    await emulator.dynamodb.send(new UpdateContinuousBackupsCommand({
      TableName: inputs.name,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: inputs.pointInTimeRecovery.enabled },
    }));
    emulator.made.tables.push(inputs.name);
    return { id: inputs.name, outputs: { arn: given(made.TableDescription?.TableArn, "a table's ARN") } };
  },
};
