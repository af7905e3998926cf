/** Where alarms go: a topic, and from there to an address, a Slack channel, both, or whoever subscribes later. */

import * as chatbot from "@pulumi/aws/chatbot";
import * as iam from "@pulumi/aws/iam";
import * as sns from "@pulumi/aws/sns";
import * as pulumi from "@pulumi/pulumi";
import type { SlackAlarms, StackConfig } from "../config/read";
import { nameOf } from "../names";
import { policy } from "../policies/document";

const NAME = "keylease-alarms";

export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(config: StackConfig, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:AlarmTopic", NAME, {}, options);
    const topic = new sns.Topic(NAME, { name: nameOf(config, "alarms"), displayName: "Keylease alarms" }, { parent: this });
    this.arn = topic.arn;
    if (config.alarmEmail !== undefined) {
      const endpoint = config.alarmEmail;
      new sns.TopicSubscription(NAME, { topic: topic.arn, protocol: "email", endpoint }, { parent: this });
    }
    if (config.slackAlarms !== undefined) this.toSlack(nameOf(config, "alarms"), config.slackAlarms, topic);
    this.registerOutputs();
  }

  /** The role may do nothing: the channel is told of alarms, and runs no commands. */
  private toSlack(name: string, slack: SlackAlarms, topic: sns.Topic): void {
    const parent = { parent: this };
    const trust = policy({
      Sid: "Assume",
      Effect: "Allow",
      Principal: { Service: "chatbot.amazonaws.com" },
      Action: ["sts:AssumeRole"],
    });
    const role = new iam.Role(NAME, { name, assumeRolePolicy: JSON.stringify(trust) }, parent);
    new chatbot.SlackChannelConfiguration(NAME, {
      configurationName: name,
      iamRoleArn: role.arn,
      slackTeamId: slack.workspaceId,
      slackChannelId: slack.channelId,
      snsTopicArns: [topic.arn],
      guardrailPolicyArns: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"],
    }, parent);
  }
}
