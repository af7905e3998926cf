/** The ingress: the one program that the internet reaches, behind an HTTP API or at a function URL. */

import * as apigatewayv2 from "@pulumi/aws/apigatewayv2";
import * as lambda from "@pulumi/aws/lambda";
import * as pulumi from "@pulumi/pulumi";
import { metricsNamespace, nameOf, prefix } from "../names";
import { ingressPolicy } from "../policies/ingress";
import { type AlarmWhen, alarm } from "./alarm";
import type { Common } from "./common";
import { Program } from "./program";

/** Slack gives up after 3 s, start included: more memory is more CPU. */
const MEMORY_MB = 512;
const TIMEOUT_SECONDS = 10;
/** Slack's own pace is far below this; the HTTP API answers 429 above. */
const REQUESTS_PER_SECOND = 50;
const REQUESTS_AT_ONCE = 100;

/** Anybody may ask at these, so they have a pace of their own, and Slack's keep theirs. */
const CLAIM_ROUTES = ["ANY /claim/{proxy+}", "ANY /claims/{proxy+}"] as const;
const CLAIM_REQUESTS_PER_SECOND = 20;
const CLAIM_REQUESTS_AT_ONCE = 40;

/** Slack gives up after 3 s; milliseconds. */
const SLOW_ANSWER_MS = 2_000;

export interface IngressArgs extends Common {
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
}

/** How AWS measures what Slack is answered, the start of a function included. */
interface Answers {
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  /** Milliseconds. */
  readonly latency: string;
  /** Answers that say that something is broken. */
  readonly failures: string;
}

/** One of the two ways in. */
interface Entrance {
  readonly url: pulumi.Output<string>;
  readonly apiId: pulumi.Output<string> | undefined;
  readonly answers: Answers;
}

export class Ingress extends pulumi.ComponentResource {
  readonly program: Program;
  /** Where Slack reaches it, without a slash at the end. */
  readonly url: pulumi.Output<string>;
  /** The HTTP API's id; none at a function URL. */
  readonly apiId: pulumi.Output<string> | undefined;
  readonly answers: Answers;

  constructor(args: IngressArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Ingress", nameOf(args.config, "ingress"), {}, options);
    this.program = new Program({
      ...args,
      program: "ingress",
      policy: ingressPolicy,
      memoryMb: MEMORY_MB,
      timeoutSeconds: TIMEOUT_SECONDS,
    }, { parent: this });
    const entrance = args.config.ingress === "http-api" ? this.httpApi(prefix(args.config)) : this.functionUrl();
    this.url = entrance.url.apply((url) => url.replace(/\/+$/, ""));
    this.apiId = entrance.apiId;
    this.answers = entrance.answers;
    this.watch(args);
    this.registerOutputs();
  }

  /** A `$default` stage adds nothing to the path. */
  private httpApi(name: string): Entrance {
    const parent = { parent: this };
    const api = new apigatewayv2.Api("keylease", { name, protocolType: "HTTP" }, parent);
    const integration = new apigatewayv2.Integration("keylease", {
      apiId: api.id,
      integrationType: "AWS_PROXY",
      integrationUri: this.program.function.arn,
      payloadFormatVersion: "2.0",
    }, parent);
    const target = pulumi.interpolate`integrations/${integration.id}`;
    const routes = [
      new apigatewayv2.Route("keylease", { apiId: api.id, routeKey: "$default", target }, parent),
      ...CLAIM_ROUTES.map((routeKey) => {
        const called = routeKey.split("/")[1];
        return new apigatewayv2.Route(`keylease-${called}`, { apiId: api.id, routeKey, target }, parent);
      }),
    ];
    new apigatewayv2.Stage("keylease", {
      apiId: api.id,
      name: "$default",
      autoDeploy: true,
      defaultRouteSettings: {
        throttlingRateLimit: REQUESTS_PER_SECOND,
        throttlingBurstLimit: REQUESTS_AT_ONCE,
      },
      routeSettings: CLAIM_ROUTES.map((routeKey) => ({
        routeKey,
        throttlingRateLimit: CLAIM_REQUESTS_PER_SECOND,
        throttlingBurstLimit: CLAIM_REQUESTS_AT_ONCE,
      })),
    }, { ...parent, dependsOn: routes });
    new lambda.Permission("keylease-http-api", {
      action: "lambda:InvokeFunction",
      function: this.program.function.name,
      principal: "apigateway.amazonaws.com",
      sourceArn: pulumi.interpolate`${api.executionArn}/*`,
    }, parent);
    const answers = { namespace: "AWS/ApiGateway", dimensions: { ApiId: api.id }, latency: "Latency", failures: "5xx" };
    return { url: api.apiEndpoint, apiId: api.id, answers };
  }

  /** Anybody may call it, as anybody may call an HTTP API: the program checks every request itself. */
  private functionUrl(): Entrance {
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
    const answers = {
      namespace: "AWS/Lambda",
      dimensions: { FunctionName: functionName },
      latency: "UrlRequestLatency",
      failures: "Url5xxCount",
    };
    return { url: url.functionUrl, apiId: undefined, answers };
  }

  private watch(args: IngressArgs): void {
    const { namespace, dimensions, latency, failures } = this.answers;
    const answers: Omit<AlarmWhen, "says" | "metric" | "statistic" | "threshold"> =
      { namespace, dimensions, periodSeconds: 300, is: "over" };
    alarm("ingress-slow", {
      ...answers,
      says: "Slack is answered slowly, and gives up after 3 s: look at how the function starts, and at SQS.",
      metric: latency,
      statistic: "p99",
      threshold: SLOW_ANSWER_MS,
    }, args, this);
    alarm("ingress-failing", {
      ...answers,
      says: "Slack is answered with errors: the function fails, is throttled, or may not be called.",
      metric: failures,
      statistic: "Sum",
      threshold: 0,
    }, args, this);
    alarm("ingress-turned-away", {
      says: "Slack, or somebody who claims, is turned away: the ingress could not put jobs on their queues, or read a claim.",
      namespace: metricsNamespace(args.config),
      metric: "answers",
      dimensions: { status: "503" },
      statistic: "Sum",
      periodSeconds: 300,
      is: "over",
      threshold: 0,
    }, args, this);
  }
}
