/** The deployment's command line. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { readArguments } from "./arguments";

const ENOUGH = ["deploy", "--endpoint", "http://127.0.0.1:4566/", "--packages", "zips", "--out", "out.json"];

test("what is not said has a value", () => {
  const wanted = readArguments(ENOUGH);
  assert.equal(wanted.endpoint, "http://127.0.0.1:4566");
  assert.equal(wanted.account, "000000000000");
  assert.equal(wanted.stack, "main");
});

test("pairs end at their first sign of equality", () => {
  const wanted = readArguments([...ENOUGH, "--env", "A=b=c", "--config", "x=1", "--config", "y=2"]);
  assert.deepEqual(wanted.environment, { A: "b=c" });
  assert.deepEqual(wanted.config, { x: "1", y: "2" });
});

test("what is wrong is said", () => {
  assert.throws(() => readArguments([]), /the one command is `deploy`/);
  assert.throws(() => readArguments(["deploy", "--out", "x"]), /--endpoint and --out are needed/);
  assert.throws(() => readArguments([...ENOUGH, "--env", "A"]), /`A` is not NAME=VALUE/);
  assert.throws(() => readArguments([...ENOUGH, "--stack", "other"]), /--stack is main or member/);
});
