/** Alarms as `docs/metrics.md` writes them down, from that page and from a declared stack. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { IngressKind } from "../config/read";
import { PROGRAMS, WORKERS } from "../names";
import type { Declared, Graph } from "./graph";

const PAGE = join(__dirname, "../../../docs/metrics.md");
const PLACEHOLDERS: Readonly<Record<string, readonly string[]>> = {
  WORKER: WORKERS,
  PROGRAM: PROGRAMS,
  TABLE: ["projects", "requests", "claims"],
  KIND: ["bounce", "bounce-transient", "reject", "complaint"],
};
const ONLY_AT: Readonly<Record<IngressKind, string>> = { "http-api": "(HTTP API)", "function-url": "(function URL)" };

/** Each alarm of the page, for a stack whose ingress is of this kind. */
export function documentedAlarms(ingress: IngressKind): string[] {
  const table = readFileSync(PAGE, "utf8").split("\n## Alarms\n")[1]?.split("\n## ")[0] ?? "";
  const rows = table.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split(" | "));
  const others = Object.entries(ONLY_AT).filter(([kind]) => kind !== ingress).map(([, mark]) => mark);
  return rows
    .filter(([name = ""]) => !others.some((mark) => name.includes(mark)))
    .flatMap(([name = "", , cloudwatch = ""]) => expanded(`keylease-${/`([^`]+)`/.exec(name)?.[1]}: ${cloudwatch}`))
    .sort();
}

/** Each alarm of a declared stack. */
export function declaredAlarms(graph: Graph): string[] {
  return graph.of("aws:cloudwatch/metricAlarm:MetricAlarm").map(written).sort();
}

function expanded(row: string): string[] {
  const found = Object.entries(PLACEHOLDERS).find(([placeholder]) => row.includes(placeholder));
  return found === undefined ? [row] : found[1].map((value) => row.replaceAll(found[0], value));
}

function written({ inputs }: Declared): string {
  const queries: any[] = inputs["metricQueries"] ?? [];
  const metrics = queries.length > 0
    ? queries.flatMap(({ metric }) => metric ?? [])
    : [{ ...inputs, stat: inputs["statistic"] ?? inputs["extendedStatistic"] }];
  const [{ namespace, metricName, stat, period }] = metrics;
  const of = metrics.map(({ dimensions }) => dimensions).filter((found) => found !== undefined).map(measured);
  const name = `${inputs["name"]}: \`${namespace}\` \`${metricName}\`${of.length > 0 ? ` of ${of.join(" + ")}` : ""}`;
  const sign = inputs["comparisonOperator"] === "GreaterThanThreshold" ? ">" : "<";
  const missing = inputs["treatMissingData"] === "breaching" ? ", no data is bad" : "";
  return `${name}: ${stat.toLowerCase()} of ${period / 60} min ${sign} ${inputs["threshold"]}${missing}`;
}

/** AWS makes an API's id up, so it stands nowhere. */
function measured(dimensions: Record<string, string>): string {
  return Object.entries(dimensions).map(([key, value]) => key === "ApiId" ? "`ApiId`" : `\`${key}=${value}\``).join(", ");
}
