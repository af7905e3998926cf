/**
 * Deploys the very program that `pulumi up` runs into the emulator, and writes what was made to a file:
 *
 * ```
 * { "endpoint", "account", "region",
 *   "url":        where the ingress answers at the emulator,
 *   "outputs":    the stack's own outputs,
 *   "functions":  { NAME: { "arn", "role" } },
 *   "roles":      { NAME: { "arn", "trust": DOCUMENT, "policies": { NAME: DOCUMENT } } },
 *   "policies":   { NAME: { "arn", "document" } },          managed ones: the boundary
 *   "queues":     { NAME: { "url", "arn" } },
 *   "tables":     [ NAME ],
 *   "notCovered": [ { "type", "name", "why" } ],
 *   "resources":  [ { "type", "name", "id" } ] }
 * ```
 */

import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type Arguments, USAGE, readArguments } from "./arguments";
import { Emulator } from "./emulator";
import { emulatorMocks } from "./mocks";

const NAMESPACES = { main: "keylease", member: "keylease-member" } as const;
/** The program itself, by the stack's name. */
const PROGRAMS = { main: "../index", member: "../member/index" } as const;

export async function deploy(wanted: Arguments): Promise<object> {
  const { endpoint, account, region, stack } = wanted;
  const environment = { AWS_ENDPOINT_URL: endpoint, ...wanted.environment };
  const emulator = new Emulator({ endpoint, account, region, environment });
  configure(wanted);
  await pulumi.runtime.setMocks(emulatorMocks(emulator), NAMESPACES[stack], "emulator");
  const outputs = await pulumi.runtime.runInPulumiStack(async () => require(PROGRAMS[stack]) as pulumi.Inputs);
  const settled = await value(pulumi.output(outputs));
  // Resources that no output depends on may still be under way.
  await pulumi.runtime.disconnect();
  return { endpoint, account, region, outputs: settled, ...emulator.made };
}

function configure(wanted: Arguments): void {
  const namespace = NAMESPACES[wanted.stack];
  const packages = wanted.packages === undefined ? {} : { packages: resolve(wanted.packages) };
  const all = { ...packages, ...wanted.config, ...wanted.secrets };
  const named = (key: string): string => `${namespace}:${key}`;
  const secretKeys = Object.keys(wanted.secrets).map(named);
  // Pulumi tells a program by this variable which values are encrypted.
  process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(secretKeys);
  const config = Object.entries(all).map(([key, text]) => [named(key), text] as const);
  pulumi.runtime.setAllConfig({ ...Object.fromEntries(config), "aws:region": wanted.region }, secretKeys);
}

function value<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((done) => output.apply(done));
}

async function main(): Promise<void> {
  let wanted: Arguments;
  try {
    wanted = readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`deploy: ${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
  const start = Date.now();
  const made = await deploy(wanted) as { resources: object[]; notCovered: { name: string; why: string }[] };
  await writeFile(wanted.out, `${JSON.stringify(made, null, 2)}\n`);
  console.log(`deployed ${made.resources.length} resources in ${((Date.now() - start) / 1000).toFixed(1)} s`);
  for (const { name, why } of made.notCovered) console.log(`not covered: ${name}: ${why}`);
  process.exit(0);
}

if (require.main === module) {
  const fail = (error: unknown): void => {
    console.error(`deploy: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  };
  process.on("unhandledRejection", fail);
  main().catch(fail);
}
