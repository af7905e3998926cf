/** CloudWatch: alarms, the dashboard, log groups. */

import {
  type ComparisonOperator, type Dimension, type MetricDataQuery, PutDashboardCommand, PutMetricAlarmCommand, type Statistic,
} from "@aws-sdk/client-cloudwatch";
import { CreateLogGroupCommand, PutRetentionPolicyCommand } from "@aws-sdk/client-cloudwatch-logs";
import { type Creators, type Inputs, tagList } from "./creator";

export const watching: Creators = {
  "aws:cloudwatch/metricAlarm:MetricAlarm": async (emulator, inputs) => {
    await emulator.cloudwatch.send(new PutMetricAlarmCommand({
      AlarmName: inputs.name,
      AlarmDescription: inputs.alarmDescription,
      Namespace: inputs.namespace,
      MetricName: inputs.metricName,
      Dimensions: inputs.dimensions && dimensions(inputs.dimensions),
      Statistic: inputs.statistic as Statistic | undefined,
      ExtendedStatistic: inputs.extendedStatistic,
      Period: inputs.period,
      Metrics: inputs.metricQueries?.map(query),
      EvaluationPeriods: inputs.evaluationPeriods,
      ComparisonOperator: inputs.comparisonOperator as ComparisonOperator,
      Threshold: inputs.threshold,
      TreatMissingData: inputs.treatMissingData,
      ActionsEnabled: inputs.actionsEnabled,
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

function dimensions(inputs: Inputs): Dimension[] {
  return Object.entries(inputs).map(([Name, value]) => ({ Name, Value: String(value) }));
}

/** One metric, or the expression over the others. */
function query({ id, expression, label, metric, returnData }: Inputs): MetricDataQuery {
  if (metric === undefined) return { Id: id, Expression: expression, Label: label, ReturnData: returnData };
  const { namespace, metricName, period, stat } = metric;
  const Metric = { Namespace: namespace, MetricName: metricName, Dimensions: dimensions(metric.dimensions) };
  return { Id: id, MetricStat: { Metric, Period: period, Stat: stat }, ReturnData: returnData };
}
