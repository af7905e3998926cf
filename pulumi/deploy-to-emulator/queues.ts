/** SQS. */

import { CreateQueueCommand, GetQueueAttributesCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type Creators, given } from "./creator";

export const queues: Creators = {
  "aws:sqs/queue:Queue": async (emulator, inputs) => {
    const attributes: Record<string, string> = {};
    const set = (name: string, value: unknown): void => {
      if (value !== undefined) attributes[name] = String(value);
    };
    set("MessageRetentionPeriod", inputs.messageRetentionSeconds);
    set("VisibilityTimeout", inputs.visibilityTimeoutSeconds);
    set("ReceiveMessageWaitTimeSeconds", inputs.receiveWaitTimeSeconds);
    set("SqsManagedSseEnabled", inputs.sqsManagedSseEnabled);
    set("RedrivePolicy", inputs.redrivePolicy);
    const made = await emulator.sqs.send(
      new CreateQueueCommand({ QueueName: inputs.name, Attributes: attributes, tags: inputs.tags }));
    const url = given(made.QueueUrl, "a queue's URL");
    const seen = await emulator.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["QueueArn"] }));
    const arn = given(seen.Attributes?.["QueueArn"], "a queue's ARN");
    emulator.made.queues[inputs.name] = { url, arn };
    return { id: url, outputs: { url, arn } };
  },
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": async (emulator, inputs) => {
    const Attributes = { RedriveAllowPolicy: inputs.redriveAllowPolicy };
    await emulator.sqs.send(new SetQueueAttributesCommand({ QueueUrl: inputs.queueUrl, Attributes }));
    return { id: inputs.queueUrl };
  },
  "aws:sqs/queuePolicy:QueuePolicy": async (emulator, inputs) => {
    const Attributes = { Policy: inputs.policy };
    await emulator.sqs.send(new SetQueueAttributesCommand({ QueueUrl: inputs.queueUrl, Attributes }));
    return { id: inputs.queueUrl };
  },
};
