/**
 * The member account's stack, from its sources, by the compiler and the options that `pulumi up` takes: those of the folder it is
 * run in, where there is no `tsconfig.json`, and not those that the checks compile with.
 */

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import type * as graph from "./graph";

const SOURCES = join(__dirname, "../..");
/** Where Pulumi starts Node programs from; what it requires, it finds from here. */
const RUNNER = createRequire(require.resolve("@pulumi/pulumi/cmd/run"));

/** What `@pulumi/pulumi/cmd/run` does before it loads a program that is no ES module. */
function registerCompiler(folder: string): void {
  process.chdir(folder);
  const { loadTypeScriptCompilerOptions, typeScriptRequireStrings } = RUNNER("../../tsutils");
  const project = "tsconfig.json";
  const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
  const own = loadTypeScriptCompilerOptions(project);
  RUNNER(tsnodeRequire).register({
    compiler: typescriptRequire,
    transpileOnly: own.noCheck,
    project,
    skipProject: !existsSync(project),
    compilerOptions: { target: "ES2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: "true", ...own },
  });
}

test("the member account's stack is compiled without its parent's options", async () => {
  registerCompiler(join(SOURCES, "member"));
  const { declare } = require(join(SOURCES, "declared/graph.ts")) as typeof graph;
  const config = { hubAccount: "111122223333", policyArns: JSON.stringify(["arn:aws:iam::aws:policy/ReadOnlyAccess"]) };
  const { of, outputs } = await declare("member", config);
  assert.deepEqual(of("aws:iam/role:Role").map(({ name }) => name), ["keylease-member"]);
  assert.ok(outputs["accountRoleArn"]);
});
