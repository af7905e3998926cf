/** API Gateway's HTTP APIs. */

import {
  CreateApiCommand, CreateIntegrationCommand, CreateRouteCommand, CreateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { type Creators, given } from "./creator";

interface RouteSettings {
  readonly routeKey: string;
  readonly throttlingRateLimit: number;
  readonly throttlingBurstLimit: number;
}

export const http: Creators = {
  "aws:apigatewayv2/api:Api": async (emulator, inputs) => {
    const made = await emulator.apis.send(new CreateApiCommand({
      Name: inputs.name,
      ProtocolType: inputs.protocolType,
      Tags: inputs.tags,
    }));
    const { endpoint, account, region } = emulator.options;
    const id = given(made.ApiId, "an API's id");
    const apiEndpoint = `${endpoint}/_aws/execute-api/${id}`;
    emulator.made.url = apiEndpoint;
    const executionArn = `arn:aws:execute-api:${region}:${account}:${id}`;
    // The emulator's own is plain HTTP under a host name, which the workers take for another machine's: they would not start.
    return { id, outputs: { executionArn, apiEndpoint } };
  },
  "aws:apigatewayv2/integration:Integration": async (emulator, inputs) => {
    const made = await emulator.apis.send(new CreateIntegrationCommand({
      ApiId: inputs.apiId,
      IntegrationType: inputs.integrationType,
      IntegrationUri: inputs.integrationUri,
      PayloadFormatVersion: inputs.payloadFormatVersion,
    }));
    return { id: given(made.IntegrationId, "an integration's id") };
  },
  "aws:apigatewayv2/route:Route": async (emulator, inputs) => {
    const made = await emulator.apis.send(new CreateRouteCommand({
      ApiId: inputs.apiId,
      RouteKey: inputs.routeKey,
      Target: inputs.target,
    }));
    return { id: given(made.RouteId, "a route's id") };
  },
  "aws:apigatewayv2/stage:Stage": async (emulator, inputs) => {
    await emulator.apis.send(new CreateStageCommand({
      ApiId: inputs.apiId,
      StageName: inputs.name,
      AutoDeploy: inputs.autoDeploy,
      DefaultRouteSettings: {
        ThrottlingRateLimit: inputs.defaultRouteSettings.throttlingRateLimit,
        ThrottlingBurstLimit: inputs.defaultRouteSettings.throttlingBurstLimit,
      },
      RouteSettings: Object.fromEntries(
        inputs.routeSettings.map((route: RouteSettings) => [route.routeKey, {
          ThrottlingRateLimit: route.throttlingRateLimit,
          ThrottlingBurstLimit: route.throttlingBurstLimit,
        }]),
      ),
      Tags: inputs.tags,
    }));
    return { id: inputs.name };
  },
};
