/** Puts the stack's tags on everything that takes tags. */

import * as pulumi from "@pulumi/pulumi";

/** What takes no tags, by type. */
const UNTAGGED = new Set([
  "aws:apigatewayv2/integration:Integration",
  "aws:apigatewayv2/route:Route",
  "aws:cloudwatch/dashboard:Dashboard",
  "aws:cloudwatch/eventTarget:EventTarget",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig",
  "aws:lambda/functionUrl:FunctionUrl",
  "aws:lambda/permission:Permission",
  "aws:scheduler/schedule:Schedule",
  "aws:secretsmanager/secretVersion:SecretVersion",
  "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination",
  "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes",
  "aws:sns/topicSubscription:TopicSubscription",
  "aws:sqs/queuePolicy:QueuePolicy",
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
]);

/** To be called before the first resource is declared. */
export function tagEverything(tags: Readonly<Record<string, string>>): void {
  pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
    if (!type.startsWith("aws:") || UNTAGGED.has(type)) return undefined;
    return { props: { ...props, tags: { application: "keylease", ...tags } }, opts };
  });
}
