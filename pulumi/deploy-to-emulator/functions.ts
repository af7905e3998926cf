/** Lambda. */

import { readFile } from "node:fs/promises";
import {
  AddPermissionCommand, type Architecture, CreateEventSourceMappingCommand, CreateFunctionCommand,
  CreateFunctionUrlConfigCommand, type FunctionResponseType, PutFunctionRecursionConfigCommand, type RecursiveLoop,
  type Runtime,
} from "@aws-sdk/client-lambda";
import { type Creators, given } from "./creator";

export const functions: Creators = {
  "aws:lambda/function:Function": async (emulator, inputs) => {
    const made = await emulator.lambda.send(new CreateFunctionCommand({
      FunctionName: inputs.name,
      Role: inputs.role,
      Runtime: inputs.runtime as Runtime,
      Handler: inputs.handler,
      Architectures: inputs.architectures as Architecture[],
      Code: { ZipFile: await readFile(await inputs.code.path) },
      MemorySize: inputs.memorySize,
      Timeout: inputs.timeout,
      Environment: { Variables: { ...inputs.environment.variables, ...emulator.options.environment } },
      Tags: inputs.tags,
    }));
    const arn = given(made.FunctionArn, "a function's ARN");
    emulator.made.functions[inputs.name] = { arn, role: inputs.role };
    return { id: inputs.name, outputs: { arn } };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": async (emulator, inputs) => {
    const made = await emulator.lambda.send(new CreateEventSourceMappingCommand({
      EventSourceArn: inputs.eventSourceArn,
      FunctionName: inputs.functionName,
      BatchSize: inputs.batchSize,
      FunctionResponseTypes: inputs.functionResponseTypes as FunctionResponseType[],
      ScalingConfig: { MaximumConcurrency: inputs.scalingConfig.maximumConcurrency },
      Tags: inputs.tags,
    }));
    return { id: given(made.UUID, "an event source mapping's id") };
  },
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": async (emulator, inputs) => {
    await emulator.lambda.send(new PutFunctionRecursionConfigCommand({
      FunctionName: inputs.functionName,
      RecursiveLoop: inputs.recursiveLoop as RecursiveLoop,
    }));
    return { id: inputs.functionName };
  },
  "aws:lambda/permission:Permission": async (emulator, inputs, name) => {
    await emulator.lambda.send(new AddPermissionCommand({
      StatementId: name,
      FunctionName: inputs.function,
      Action: inputs.action,
      Principal: inputs.principal,
      SourceArn: inputs.sourceArn,
      FunctionUrlAuthType: inputs.functionUrlAuthType,
      InvokedViaFunctionUrl: inputs.invokedViaFunctionUrl,
    }));
    return { id: name };
  },
  "aws:lambda/functionUrl:FunctionUrl": async (emulator, inputs) => {
    const made = await emulator.lambda.send(new CreateFunctionUrlConfigCommand({
      FunctionName: inputs.functionName,
      AuthType: inputs.authorizationType,
    }));
    const functionUrl = given(made.FunctionUrl, "a function's URL");
    const id = new URL(functionUrl).hostname.split(".")[0] ?? "";
    emulator.made.url = `${emulator.options.endpoint}/_aws/lambda-url/${id}`;
    return { id: inputs.functionName, outputs: { functionUrl } };
  },
};
