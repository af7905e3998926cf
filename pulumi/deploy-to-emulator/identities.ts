/** IAM. */

import { CreatePolicyCommand, CreateRoleCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { type Creators, given, tagList } from "./creator";

export const identities: Creators = {
  "aws:iam/role:Role": async (emulator, inputs) => {
    const made = await emulator.iam.send(new CreateRoleCommand({
      RoleName: inputs.name,
      Description: inputs.description,
      AssumeRolePolicyDocument: inputs.assumeRolePolicy,
      Tags: tagList(inputs),
    }));
    const arn = given(made.Role?.Arn, "a role's ARN");
    emulator.made.roles[inputs.name] = { arn, trust: JSON.parse(inputs.assumeRolePolicy), policies: {} };
    return { id: inputs.name, outputs: { arn } };
  },
  "aws:iam/rolePolicy:RolePolicy": async (emulator, inputs) => {
    await emulator.iam.send(new PutRolePolicyCommand({
      RoleName: inputs.role,
      PolicyName: inputs.name,
      PolicyDocument: inputs.policy,
    }));
    const role = given(emulator.made.roles[inputs.role], `anything of the role ${inputs.role}`);
    role.policies[inputs.name] = JSON.parse(inputs.policy);
    return { id: `${inputs.role}:${inputs.name}` };
  },
  "aws:iam/policy:Policy": async (emulator, inputs) => {
    const made = await emulator.iam.send(new CreatePolicyCommand({
      PolicyName: inputs.name,
      Description: inputs.description,
      PolicyDocument: inputs.policy,
      Tags: tagList(inputs),
    }));
    const arn = given(made.Policy?.Arn, "a policy's ARN");
    emulator.made.policies[inputs.name] = { arn, document: JSON.parse(inputs.policy) };
    return { id: arn, outputs: { arn } };
  },
};
