/** One CloudWatch alarm that tells the stack's topic. */

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";

/** When somebody is to be told. */
export interface AlarmWhen {
  /** What is wrong, and what to look at: it is what people read. */
  readonly says: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions?: Readonly<Record<string, pulumi.Input<string>>>;
  /** `Sum`, `Maximum`, or a percentile such as `p90`. */
  readonly statistic: string;
  readonly periodSeconds: number;
  readonly periods?: number;
  readonly is: "over" | "under";
  readonly threshold: number;
  /** What the absence of data means; `fine` unless said otherwise. */
  readonly missing?: "fine" | "bad";
}

export function alarm(
  name: string,
  when: AlarmWhen,
  topicArn: pulumi.Input<string>,
  parent: pulumi.Resource,
): cloudwatch.MetricAlarm {
  const isPercentile = when.statistic.startsWith("p");
  return new cloudwatch.MetricAlarm(name, {
    name,
    alarmDescription: when.says,
    namespace: when.namespace,
    metricName: when.metric,
    ...(when.dimensions === undefined ? {} : { dimensions: when.dimensions }),
    ...(isPercentile ? { extendedStatistic: when.statistic } : { statistic: when.statistic }),
    period: when.periodSeconds,
    evaluationPeriods: when.periods ?? 1,
    comparisonOperator: when.is === "over" ? "GreaterThanThreshold" : "LessThanThreshold",
    threshold: when.threshold,
    treatMissingData: when.missing === "bad" ? "breaching" : "notBreaching",
    alarmActions: [topicArn],
    okActions: [topicArn],
  }, { parent });
}
