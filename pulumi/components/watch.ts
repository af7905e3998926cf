/** Alarms on what the programs themselves measure, and the dashboard. `docs/metrics.md` has the metrics. */

import * as cloudwatch from "@pulumi/aws/cloudwatch";
import * as pulumi from "@pulumi/pulumi";
import { type Deployment, WORKERS, metricsNamespace, prefix } from "../names";
import { type AlarmWhen, alarm } from "./alarm";
import type { Common } from "./common";
import { dashboard } from "./dashboard";
import type { Ingress } from "./ingress";

type Own = Omit<AlarmWhen, "namespace">;

/** A sweep runs every 300 s: one may be missed, two may not. */
const SWEEP_WITHIN_SECONDS = 900;
/** Scheduler is late by 60 s, the sweep by 300 s: what is later than both failed twice. */
const LATE_SECONDS = 400;
/** Scheduler alone is late by 60 s at most. */
const SLOW_SECONDS = 120;
/** A job that waits for somebody is tried every 900 s at last. */
const WAITING_SECONDS = 1200;

/** By name, without the deployment's prefix. */
function ownAlarms(sweeps: boolean): Readonly<Record<string, Own>> {
  const waiting = WORKERS.map((worker): [string, Own] => [`${worker}-waits-for-operator`, {
    says: `Jobs of ${worker} wait until somebody repairs a token, a permission, a quota or an account: its log says which.`,
    metric: "jobs_waiting_for_operator",
    dimensions: { worker },
    statistic: "Sum",
    periodSeconds: WAITING_SECONDS,
    is: "over",
    threshold: 0,
    saysWhenOver: true,
  }]);
  const leases = WORKERS.map((worker): [string, Own] => [`${worker}-leases-lost`, {
    says: `${worker} loses its leases: it is slower than its queue's visibility timeout, or stands still.`,
    metric: "jobs",
    dimensions: { worker, outcome: "lost" },
    statistic: "Sum",
    periodSeconds: 900,
    is: "over",
    threshold: 3,
  }]);
  return {
    "sweep-missing": {
      says: "No sweep came to its end in 15 minutes: what schedules missed is not found. Look at revoke.",
      metric: "jobs",
      dimensions: { worker: "revoke", job_name: "sweep", outcome: "done" },
      statistic: "Sum",
      periodSeconds: SWEEP_WITHIN_SECONDS,
      is: "under",
      threshold: 1,
      missing: "bad",
      saysWhenOver: true,
      silent: !sweeps,
    },
    "sweep-failing": {
      says: "Sweeps cannot mend something: revoke's log names it.",
      metric: "sweep_failures",
      statistic: "Sum",
      periodSeconds: 1800,
      is: "over",
      threshold: 5,
    },
    "jobs-unsent": {
      says: "Sweeps send jobs that were left unsent: programs die, or SQS fails.",
      metric: "sweep_jobs_sent",
      statistic: "Sum",
      periodSeconds: 3600,
      is: "over",
      threshold: 10,
    },
    "clean-up-late": {
      says: "A grant was cleaned up late. Its guard had ended it in IAM; look at why its user stayed.",
      metric: "clean_up_lateness_seconds",
      dimensions: { end: "due" },
      statistic: "Maximum",
      periodSeconds: 300,
      is: "over",
      threshold: LATE_SECONDS,
    },
    "clean-up-slow": {
      says: "Many grants are cleaned up slowly: the revoke queue is behind, or IAM throttles.",
      metric: "clean_up_lateness_seconds",
      dimensions: { end: "due" },
      statistic: "p90",
      periodSeconds: 3600,
      is: "over",
      threshold: SLOW_SECONDS,
    },
    "grants-failing": {
      says: "Approved requests could not be made: keylease grants list --status FAILED says why.",
      metric: "requests",
      dimensions: { status: "FAILED" },
      statistic: "Sum",
      periodSeconds: 900,
      is: "over",
      threshold: 0,
    },
    "claims-refused": {
      says: "A requester said that a machine that asked for their credential is not theirs: its link may be in other hands.",
      metric: "claim_answers",
      dimensions: { outcome: "refused" },
      statistic: "Sum",
      periodSeconds: 300,
      is: "over",
      threshold: 0,
    },
    ...Object.fromEntries([...waiting, ...leases]),
  };
}

export interface WatchArgs extends Common {
  readonly ingress: Ingress;
}

export class Watch extends pulumi.ComponentResource {
  constructor(args: WatchArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Watch", "keylease-watch", {}, options);
    for (const [what, when] of Object.entries(ownAlarms(args.config.sweeps))) {
      alarm(what, { ...when, namespace: metricsNamespace(args.config) }, args, this);
    }
    this.show(args, args.config);
    this.registerOutputs();
  }

  private show({ place, ingress }: WatchArgs, deployment: Deployment): void {
    const { namespace, dimensions, latency, failures } = ingress.answers;
    const dashboardBody = pulumi.all([place, dimensions]).apply(([place, dimensions]) => {
      const of = (metric: string): unknown[] => [namespace, metric, ...Object.entries(dimensions).flat()];
      return JSON.stringify(dashboard(place, { latency: of(latency), failures: of(failures) }));
    });
    new cloudwatch.Dashboard("keylease", { dashboardName: prefix(deployment), dashboardBody }, { parent: this });
  }
}
