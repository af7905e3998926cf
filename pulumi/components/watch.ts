/** Alarms on what the programs themselves measure, and the dashboard. `docs/metrics.md` has the metrics. */

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { METRICS_NAMESPACE } from "../names";
import { type AlarmWhen, alarm } from "./alarm";
import type { Common } from "./common";
import { dashboard } from "./dashboard";

type Own = Omit<AlarmWhen, "namespace">;

/** A sweep runs every 300 s: one may be missed, two may not. */
const SWEEP_WITHIN_SECONDS = 900;
/** Scheduler is late by 60 s, the sweep by 300 s: what is later than both failed twice. */
const LATE_SECONDS = 400;
/** The ingress promises 2.5 s. */
const SLOW_ACK_SECONDS = 2;

export const OWN_ALARMS: Readonly<Record<string, Own>> = {
  "keylease-sweep-missing": {
    says: "No sweep came to its end in 15 minutes: what schedules missed is not found. Look at revoke.",
    metric: "jobs",
    dimensions: { worker: "revoke", job_name: "sweep", outcome: "done" },
    statistic: "Sum",
    periodSeconds: SWEEP_WITHIN_SECONDS,
    is: "under",
    threshold: 1,
    missing: "bad",
  },
  "keylease-sweep-failing": {
    says: "Sweeps cannot mend something: revoke's log names it.",
    metric: "sweep_failures",
    statistic: "Sum",
    periodSeconds: 1800,
    is: "over",
    threshold: 5,
  },
  "keylease-clean-up-late": {
    says: "A grant was cleaned up late. Its guard had ended it in IAM; look at why its user stayed.",
    metric: "clean_up_lateness_seconds",
    dimensions: { end: "due" },
    statistic: "Maximum",
    periodSeconds: 300,
    is: "over",
    threshold: LATE_SECONDS,
  },
  "keylease-grants-failing": {
    says: "Approved requests could not be made: keylease grants list --status FAILED says why.",
    metric: "requests",
    dimensions: { status: "FAILED" },
    statistic: "Sum",
    periodSeconds: 900,
    is: "over",
    threshold: 0,
  },
  "keylease-acks-slow": {
    says: "The ingress answers slowly: Slack gives up after 3 s.",
    metric: "ack_duration_seconds",
    dimensions: { route: "/workflows/aws-access", status: "200" },
    statistic: "p99",
    periodSeconds: 300,
    is: "over",
    threshold: SLOW_ACK_SECONDS,
  },
};

export class Watch extends pulumi.ComponentResource {
  constructor(args: Common, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Watch", "keylease-watch", {}, options);
    for (const [name, when] of Object.entries(OWN_ALARMS)) {
      alarm(name, { ...when, namespace: METRICS_NAMESPACE }, args.alarmTopicArn, this);
    }
    new cloudwatch.Dashboard("keylease", {
      dashboardName: "keylease",
      dashboardBody: args.place.apply((place) => JSON.stringify(dashboard(place.region))),
    }, { parent: this });
    this.registerOutputs();
  }
}
