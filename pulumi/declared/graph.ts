/**
 * Declares a stack under mocks that make nothing, for tests of the graph: what is there, and how it hangs together.
 *
 * A process declares one stack once, because Node loads a program once. The test runner gives each file a process of its own,
 * so there is a file for each configuration.
 */

import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { ConfigError } from "../config/reader";

export interface Declared {
  readonly type: string;
  readonly name: string;
  // Each type has inputs of its own; the assertions in the tests say which they expect.
  readonly inputs: Readonly<Record<string, any>>;
  /** Whether Pulumi refuses to delete it. */
  readonly isProtected: boolean;
}

export interface Graph {
  readonly declared: readonly Declared[];
  readonly outputs: Readonly<Record<string, any>>;
  /** All of a type. */
  readonly of: (type: string) => Declared[];
  /** The one of a type and a name. */
  readonly named: (type: string, name: string) => Declared;
}

/** A program, with the namespace of its configuration. */
const PROGRAMS = {
  main: { module: "../index", namespace: "keylease" },
  member: { module: "../member/index", namespace: "keylease-member" },
} as const;

/** Keys are without their namespace; lists and maps are JSON, as Pulumi hands them over. */
export async function declare(
  stack: keyof typeof PROGRAMS,
  config: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>> = {},
): Promise<Graph> {
  const { module, namespace } = PROGRAMS[stack];
  const declared: Declared[] = [];
  const isProtected = new Set<string>();
  configure(namespace, config, secrets);
  await pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs, custom }) => {
      if (custom !== false) declared.push({ type, name, inputs, isProtected: isProtected.has(`${type} ${name}`) });
      const arn = `arn:aws:test:eu-central-1:111122223333:${name}`;
      const urls = { url: `https://queues/${name}`, apiEndpoint: "https://api.test", functionUrl: "https://function.test/" };
      return { id: name, state: { arn, ...urls, ...inputs } };
    },
    call: ({ token }) => token.includes("getRegion")
      ? { region: "eu-central-1" }
      : { accountId: "111122223333", arn: "arn:aws:iam::111122223333:root" },
  }, namespace, "test");
  const exported = await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      if (opts.protect === true) isProtected.add(`${type} ${name}`);
      return undefined;
    });
    return require(module) as pulumi.Inputs;
  });
  const outputs = await new Promise<Record<string, any>>((done) => {
    pulumi.output(exported).apply((found) => done(found ?? {}));
  });
  await pulumi.runtime.disconnect();
  const of = (type: string): Declared[] => declared.filter((found) => found.type === type);
  const named = (type: string, name: string): Declared => {
    const found = of(type).find((found) => found.name === name);
    assert.ok(found, `${type} ${name}`);
    return found;
  };
  return { declared, outputs, of, named };
}

/** What the program says of a configuration that it refuses, before it declares anything. */
export function refusal(stack: keyof typeof PROGRAMS, config: Readonly<Record<string, string>>): Error {
  const { module, namespace } = PROGRAMS[stack];
  configure(namespace, config, {});
  let refused: unknown;
  // Without mocks a first resource would be an error too, but not this one.
  assert.throws(() => require(module), (error) => {
    refused = error;
    return error instanceof ConfigError;
  });
  return refused as Error;
}

function configure(
  namespace: string,
  config: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): void {
  const named = (key: string): string => `${namespace}:${key}`;
  const all = Object.entries({ ...config, ...secrets }).map(([key, value]) => [named(key), value] as const);
  const encrypted = Object.keys(secrets).map(named);
  // Pulumi tells a program by this variable which values are encrypted.
  process.env["PULUMI_CONFIG_SECRET_KEYS"] = JSON.stringify(encrypted);
  pulumi.runtime.setAllConfig(Object.fromEntries(all), encrypted);
}
