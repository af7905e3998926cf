/** The dashboard: is it fast, does it keep up, does everything end, does anything fail. */

import { METRICS_NAMESPACE, PROGRAMS, WORKERS, dlqName, programName, queueName } from "../names";

/** Widgets to a row; CloudWatch's grid is 24 wide. */
const COLUMNS = 2;
const WIDTH = 12;
const HEIGHT = 6;

interface Graph {
  readonly title: string;
  readonly metrics: readonly (readonly unknown[])[];
  readonly stat: string;
}

export function dashboard(region: string): object {
  return {
    widgets: graphs().map((graph, index) => ({
      type: "metric",
      x: (index % COLUMNS) * WIDTH,
      y: Math.floor(index / COLUMNS) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: { ...graph, region, period: 300, view: "timeSeries" },
    })),
  };
}

function graphs(): readonly Graph[] {
  const own = (metric: string, ...dimensions: readonly string[]): readonly string[] =>
    [METRICS_NAMESPACE, metric, ...dimensions];
  const route = "/workflows/aws-access";
  return [
    { title: "Ack, seconds (p99)", stat: "p99", metrics: [own("ack_duration_seconds", "route", route, "status", "200")] },
    {
      title: "Requests, by what they became",
      stat: "Sum",
      metrics: ["PENDING", "ACTIVE", "DENIED", "FAILED", "EXPIRED", "REVOKED"].map((status) => own("requests", "status", status)),
    },
    { title: "Open grants", stat: "Maximum", metrics: [own("open_grants")] },
    {
      title: "Clean-up after a grant's end, seconds (maximum)",
      stat: "Maximum",
      metrics: ["due", "early"].map((end) => own("clean_up_lateness_seconds", "end", end)),
    },
    {
      title: "Oldest job on each queue, seconds",
      stat: "Maximum",
      metrics: WORKERS.map((worker) => ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queueName(worker)]),
    },
    {
      title: "Parked jobs",
      stat: "Maximum",
      metrics: WORKERS.map((worker) => ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", dlqName(worker)]),
    },
    {
      title: "Jobs done and tried again",
      stat: "Sum",
      metrics: WORKERS.flatMap((worker) =>
        ["done", "retry"].map((outcome) => own("jobs", "worker", worker, "outcome", outcome))),
    },
    {
      title: "Functions' errors",
      stat: "Sum",
      metrics: PROGRAMS.map((program) => ["AWS/Lambda", "Errors", "FunctionName", programName(program)]),
    },
  ];
}
