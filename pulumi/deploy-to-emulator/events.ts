/** EventBridge's rules, and SNS. */

import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { type Creators, given, tagList } from "./creator";

export const events: Creators = {
  "aws:cloudwatch/eventRule:EventRule": async (emulator, inputs) => {
    const made = await emulator.events.send(new PutRuleCommand({
      Name: inputs.name,
      Description: inputs.description,
      EventPattern: inputs.eventPattern,
      Tags: tagList(inputs),
    }));
    return { id: inputs.name, outputs: { arn: given(made.RuleArn, "a rule's ARN") } };
  },
  "aws:cloudwatch/eventTarget:EventTarget": async (emulator, inputs) => {
    const { inputPaths, inputTemplate } = inputs.inputTransformer;
    const made = await emulator.events.send(new PutTargetsCommand({
      Rule: inputs.rule,
      Targets: [{
        Id: inputs.targetId,
        Arn: inputs.arn,
        DeadLetterConfig: { Arn: inputs.deadLetterConfig.arn },
        InputTransformer: { InputPathsMap: inputPaths, InputTemplate: inputTemplate },
      }],
    }));
    if (made.FailedEntryCount !== 0) throw new Error(`PutTargets failed: ${JSON.stringify(made.FailedEntries)}`);
    return { id: `${inputs.rule}-${inputs.targetId}` };
  },
  "aws:sns/topic:Topic": async (emulator, inputs) => {
    const made = await emulator.sns.send(new CreateTopicCommand({
      Name: inputs.name,
      Attributes: { DisplayName: inputs.displayName },
      Tags: tagList(inputs),
    }));
    const arn = given(made.TopicArn, "a topic's ARN");
    return { id: arn, outputs: { arn } };
  },
  "aws:sns/topicSubscription:TopicSubscription": async (emulator, inputs) => {
    const made = await emulator.sns.send(new SubscribeCommand({
      TopicArn: inputs.topic,
      Protocol: inputs.protocol,
      Endpoint: inputs.endpoint,
      ReturnSubscriptionArn: true,
    }));
    return { id: given(made.SubscriptionArn, "a subscription's ARN") };
  },
};
