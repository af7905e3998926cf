/** The ingress: the one program that the internet reaches, behind an HTTP API or at a function URL. */

import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { METRICS_NAMESPACE } from "../names";
import { ingressPolicy } from "../policies/ingress";
import { alarm } from "./alarm";
import type { Common } from "./common";
import { Program } from "./program";

/** Slack gives up after 3 s, start included: more memory is more CPU. */
const MEMORY_MB = 512;
const TIMEOUT_SECONDS = 10;
/** Slack's own pace is far below this; the HTTP API answers 429 above. */
const REQUESTS_PER_SECOND = 50;
const REQUESTS_AT_ONCE = 100;

export interface IngressArgs extends Common {
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
}

export class Ingress extends pulumi.ComponentResource {
  readonly program: Program;
  /** Where Slack reaches it, without a slash at the end. */
  readonly url: pulumi.Output<string>;

  constructor(args: IngressArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Ingress", "keylease-ingress", {}, options);
    this.program = new Program({
      ...args,
      program: "ingress",
      policy: ingressPolicy,
      memoryMb: MEMORY_MB,
      timeoutSeconds: TIMEOUT_SECONDS,
    }, { parent: this });
    const url = args.config.ingress === "http-api" ? this.httpApi() : this.functionUrl();
    this.url = url.apply((url) => url.replace(/\/+$/, ""));
    this.watch(args);
    this.registerOutputs();
  }

  /** A `$default` stage adds nothing to the path. */
  private httpApi(): pulumi.Output<string> {
    const parent = { parent: this };
    const api = new apigatewayv2.Api("keylease", { name: "keylease", protocolType: "HTTP" }, parent);
    const integration = new apigatewayv2.Integration("keylease", {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: this.program.function.arn,
      payloadFormatVersion: "2.0",
    }, parent);
    const route = new apigatewayv2.Route("keylease", {
      apiId: api.id,
      routeKey: "$default",
      target: pulumi.interpolate`integrations/${integration.id}`,
    }, parent);
    new apigatewayv2.Stage("keylease", {
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: REQUESTS_AT_ONCE,
      },
    }, { ...parent, dependsOn: [route] });
    new lambda.Permission("keylease-http-api", {
      action: "lambda:InvokeFunction",
      function: this.program.function.name,
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate`${api.executionArn}/*`,
    }, parent);
    return api.apiEndpoint;
  }

  /** Anybody may call it, as anybody may call an HTTP API: the program checks every request itself. */
  private functionUrl(): pulumi.Output<string> {
    const parent = { parent: this };
    const functionName = this.program.function.name;
    const url = new lambda.FunctionUrl("keylease", { functionName, authorizationType: "NONE" }, parent);
    new lambda.Permission("keylease-function-url", {
      action: "lambda:InvokeFunctionUrl",
      function: functionName,
      principal: "*",
      functionUrlAuthType: "NONE",
    }, parent);
    // Since October 2025 a URL without authentication needs both permissions.
    new lambda.Permission("keylease-function-url-invoke", {
      action: "lambda:InvokeFunction",
      function: functionName,
      principal: "*",
      invokedViaFunctionUrl: true,
    }, parent);
    return url.functionUrl;
  }

  private watch(args: IngressArgs): void {
    alarm("keylease-ingress-turned-away", {
      says: "Slack is turned away: the ingress could not put jobs on their queues.",
      namespace: METRICS_NAMESPACE,
      metric: "answers",
      dimensions: { status: "503" },
      statistic: "Sum",
      periodSeconds: 300,
      is: "over",
      threshold: 0,
    }, args.alarmTopicArn, this);
  }
}
