/** One CloudWatch alarm that tells the stack's topic. `docs/metrics.md` lists them all, which a test compares. */

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { nameOf } from "../names";
import type { Common } from "./common";

type Dimensions = Readonly<Record<string, pulumi.Input<string>>>;

/** When somebody is to be told. */
export interface AlarmWhen {
  /** What is wrong, and what to look at: it is what people read. */
  readonly says: string;
  readonly namespace: string;
  readonly metric: string;
  /** Several: the metric is added up over all of them. */
  readonly dimensions?: Dimensions | readonly Dimensions[];
  /** `Sum`, `Maximum`, or a percentile such as `p90`. */
  readonly statistic: string;
  readonly periodSeconds: number;
  readonly is: "over" | "under";
  readonly threshold: number;
  /** What the absence of data means; `fine` unless said otherwise. */
  readonly missing?: "fine" | "bad";
  /** Whether people wait to be told that it is over. A new alarm says so too, so most do not. */
  readonly saysWhenOver?: boolean;
  /** Whether it tells nobody for now. */
  readonly silent?: boolean;
}

/** `what` is its name, which the deployment's own prefix goes before. */
export function alarm(
  what: string,
  when: AlarmWhen,
  { config, alarmTopicArn }: Common,
  parent: pulumi.Resource,
): cloudwatch.MetricAlarm {
  const name = nameOf(config, what);
  return new cloudwatch.MetricAlarm(name, {
    name,
    alarmDescription: when.says,
    ...measure(when),
    evaluationPeriods: 1,
    comparisonOperator: when.is === "over" ? "GreaterThanThreshold" : "LessThanThreshold",
    threshold: when.threshold,
    treatMissingData: when.missing === "bad" ? "breaching" : "notBreaching",
    actionsEnabled: when.silent !== true,
    alarmActions: [alarmTopicArn],
    okActions: when.saysWhenOver === true ? [alarmTopicArn] : [],
  }, { parent });
}

/** What it looks at: a metric, or by metric math the sum of one over several sets of dimensions. */
function measure(when: AlarmWhen): Partial<cloudwatch.MetricAlarmArgs> {
  const { namespace, metric: metricName, periodSeconds: period, statistic } = when;
  if (!isList(when.dimensions)) {
    return {
      namespace,
      metricName,
      ...(when.dimensions === undefined ? {} : { dimensions: when.dimensions }),
      ...(statistic.startsWith("p") ? { extendedStatistic: statistic } : { statistic }),
      period,
    };
  }
  const parts = when.dimensions.map((dimensions, index) => ({
    id: `m${index + 1}`,
    metric: { namespace, metricName, dimensions, stat: statistic, period },
    returnData: false,
  }));
  // A sum of single terms would have no value where one of them has none.
  const expression = `SUM([${parts.map(({ id }) => id).join(",")}])`;
  return { metricQueries: [...parts, { id: "all", expression, label: metricName, returnData: true }] };
}

function isList(dimensions: AlarmWhen["dimensions"]): dimensions is readonly Dimensions[] {
  return Array.isArray(dimensions);
}
