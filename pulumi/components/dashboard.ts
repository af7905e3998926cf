/** The dashboard: is it fast, does it keep up, does everything end, does anything fail. */

import { type Place, PROGRAMS, WORKERS, dlqName, metricsNamespace, programName, queueName } from "../names";

/** Widgets to a row; CloudWatch's grid is 24 wide. */
const COLUMNS = 2;
const WIDTH = 12;
const HEIGHT = 6;

interface Graph {
  readonly title: string;
  readonly metrics: readonly (readonly unknown[])[];
  readonly stat: string;
}

/** How Slack's calls are measured, which depends on how they come in. */
export interface AnswerMetrics {
  readonly latency: readonly unknown[];
  readonly failures: readonly unknown[];
}

export function dashboard(place: Place, answers: AnswerMetrics): object {
  const { region } = place;
  return {
    widgets: graphs(place, answers).map((graph, index) => ({
      type: "metric",
      x: (index % COLUMNS) * WIDTH,
      y: Math.floor(index / COLUMNS) * HEIGHT,
      width: WIDTH,
      height: HEIGHT,
      properties: { ...graph, region, period: 300, view: "timeSeries" },
    })),
  };
}

function graphs(place: Place, answers: AnswerMetrics): readonly Graph[] {
  const own = (metric: string, ...dimensions: readonly string[]): readonly string[] =>
    [metricsNamespace(place), metric, ...dimensions];
  return [
    { title: "Answers to Slack, milliseconds (p99)", stat: "p99", metrics: [answers.latency] },
    { title: "Answers to Slack that failed", stat: "Sum", metrics: [answers.failures, own("answers", "status", "503")] },
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
      metrics: WORKERS.map((worker) => ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", queueName(place, worker)]),
    },
    {
      title: "Parked jobs",
      stat: "Maximum",
      metrics: WORKERS.map((worker) => ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", dlqName(place, worker)]),
    },
    {
      title: "Jobs done and tried again",
      stat: "Sum",
      metrics: WORKERS.flatMap((worker) =>
        ["done", "retried"].map((outcome) => own("jobs", "worker", worker, "outcome", outcome))),
    },
    {
      title: "Functions' errors",
      stat: "Sum",
      metrics: PROGRAMS.map((program) => ["AWS/Lambda", "Errors", "FunctionName", programName(place, program)]),
    },
  ];
}
