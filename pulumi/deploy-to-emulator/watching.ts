/** CloudWatch: alarms, the dashboard, log groups. */

import { type ComparisonOperator, PutDashboardCommand, PutMetricAlarmCommand, type Statistic } from "@aws-sdk/client-cloudwatch";
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type Creators, tagList } from "./creator";

export const watching: Creators = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": async (emulator, inputs) => {
    await emulator.cloudwatch.send(new PutMetricAlarmCommand({
      AlarmName: inputs.name,
      AlarmDescription: inputs.alarmDescription,
      Namespace: inputs.namespace,
      MetricName: inputs.metricName,
      Dimensions: Object.entries(inputs.dimensions ?? {}).map(([Name, value]) => ({ Name, Value: String(value) })),
      Statistic: inputs.statistic as Statistic | undefined,
      ExtendedStatistic: inputs.extendedStatistic,
      Period: inputs.period,
      EvaluationPeriods: inputs.evaluationPeriods,
      ComparisonOperator: inputs.comparisonOperator as ComparisonOperator,
      Threshold: inputs.threshold,
      TreatMissingData: inputs.treatMissingData,
      AlarmActions: inputs.alarmActions,
      OKActions: inputs.okActions,
      Tags: tagList(inputs),
    }));
    return { id: inputs.name };
  },
  "aws:cloudwatch/dashboard:Dashboard": async (emulator, inputs) => {
    const made = await emulator.cloudwatch.send(new PutDashboardCommand({
      DashboardName: inputs.dashboardName,
      DashboardBody: inputs.dashboardBody,
    }));
    const faults = made.DashboardValidationMessages ?? [];
    if (faults.length > 0) throw new Error(`the dashboard is not valid: ${JSON.stringify(faults)}`);
    return { id: inputs.dashboardName };
  },
  "aws:cloudwatch/logGroup:LogGroup": async (emulator, inputs) => {
    await emulator.logs.send(new CreateLogGroupCommand({ logGroupName: inputs.name, tags: inputs.tags }));
    await emulator.logs.send(new PutRetentionPolicyCommand({
      logGroupName: inputs.name,
      retentionInDays: inputs.retentionInDays,
    }));
    return { id: inputs.name };
  },
};
