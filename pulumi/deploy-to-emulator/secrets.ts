/** Secrets Manager. */

import { CreateSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { type Creators, given, tagList } from "./creator";

export const secrets: Creators = {
  "aws:secretsmanager/secret:Secret": async (emulator, inputs) => {
    const made = await emulator.secrets.send(new CreateSecretCommand({
      Name: inputs.name,
      Description: inputs.description,
      Tags: tagList(inputs),
    }));
    const arn = given(made.ARN, "a secret's ARN");
    return { id: arn, outputs: { arn } };
  },
  "aws:secretsmanager/secretVersion:SecretVersion": async (emulator, inputs) => {
    const made = await emulator.secrets.send(
      new PutSecretValueCommand({ SecretId: inputs.secretId, SecretString: inputs.secretString }));
    return { id: `${inputs.secretId}|${given(made.VersionId, "a secret's version")}` };
  },
};
