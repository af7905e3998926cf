/** The example that a newcomer copies, and the table of keys in the README: both say what the configuration reads. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readConfig } from "./read";
import { ConfigError } from "./reader";

const FOLDER = join(__dirname, "../..");
const read = (name: string): string => readFileSync(join(FOLDER, name), "utf8");
// It has no types of its own.
const yaml = require("js-yaml") as { load(text: string): unknown };

/** As Pulumi hands a file's values to a program: texts as they are, everything else as JSON. */
function configOf(file: string): Record<string, string> {
  const { config } = yaml.load(read(file)) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config)
    .filter(([key]) => key.startsWith("keylease:"))
    .map(([key, value]) => [key.slice("keylease:".length), typeof value === "string" ? value : JSON.stringify(value)]));
}

test("the example is a configuration that the stack takes", () => {
  const config = readConfig(configOf("Pulumi.example.yaml"), new Set());
  assert.equal(config.sender, "keylease@example.com");
  assert.equal(config.policyArns.length, 1);
  // A first deployment waits for Slack's secrets.
  assert.equal(config.sweeps, false);
  assert.deepEqual(config.tags, { team: "platform" });
});

test("the README's table has every key, and no other", () => {
  const table = read("README.md").split("## Configuration")[1]?.split("##")[0] ?? "";
  const rows = [...table.matchAll(/^\| (`.*?`) \|/gm)].map((row) => row[1] ?? "");
  const listed = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map((key) => key[1]));
  assert.throws(() => readConfig({ nothing: "of that name" }, new Set()), (error) => {
    assert.ok(error instanceof ConfigError);
    const known = /keylease:nothing is not a setting; there are (.*)/.exec(error.message)?.[1]?.split(", ") ?? [];
    assert.deepEqual([...listed].sort(), known);
    return true;
  });
});
