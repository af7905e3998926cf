/** EventBridge Scheduler. */

import { CreateScheduleCommand, CreateScheduleGroupCommand, type ScheduleState } from "@aws-sdk/client-scheduler";
import { type Creators, given, tagList } from "./creator";

export const schedules: Creators = {
  "aws:scheduler/scheduleGroup:ScheduleGroup": async (emulator, inputs) => {
    const made = await emulator.scheduler.send(
      new CreateScheduleGroupCommand({ Name: inputs.name, Tags: tagList(inputs) }));
    return { id: inputs.name, outputs: { arn: given(made.ScheduleGroupArn, "a schedule group's ARN") } };
  },
  "aws:scheduler/schedule:Schedule": async (emulator, inputs) => {
    const { target } = inputs;
    const made = await emulator.scheduler.send(new CreateScheduleCommand({
      Name: inputs.name,
      GroupName: inputs.groupName,
      ScheduleExpression: inputs.scheduleExpression,
      State: inputs.state as ScheduleState,
      FlexibleTimeWindow: { Mode: inputs.flexibleTimeWindow.mode },
      Target: {
        Arn: target.arn,
        RoleArn: target.roleArn,
        Input: target.input,
        RetryPolicy: {
          MaximumEventAgeInSeconds: target.retryPolicy.maximumEventAgeInSeconds,
          MaximumRetryAttempts: target.retryPolicy.maximumRetryAttempts,
        },
        DeadLetterConfig: { Arn: target.deadLetterConfig.arn },
      },
    }));
    return { id: `${inputs.groupName}/${inputs.name}`, outputs: { arn: given(made.ScheduleArn, "a schedule's ARN") } };
  },
};
