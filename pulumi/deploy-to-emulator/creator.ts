/** How one type of resource is made. */

import type { Emulator } from "./emulator";

/** A resource's inputs, under Pulumi's names for them. */
// The inputs of forty types have no type in common; each creator reads its own, and AWS's SDK checks what it sends.
export type Inputs = any;

export interface Created {
  readonly id: string;
  /** What AWS adds to the inputs. */
  readonly outputs?: Readonly<Record<string, unknown>>;
}

export type Creator = (emulator: Emulator, inputs: Inputs, name: string) => Promise<Created>;
export type Creators = Readonly<Record<string, Creator>>;

/** What AWS must answer. */
export function given<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`the emulator did not say ${what}`);
  return value;
}

/** Tags as the services take them that want a list. */
export function tagList(inputs: Inputs): { Key: string; Value: string }[] {
  return Object.entries(inputs.tags ?? {}).map(([Key, value]) => ({ Key, Value: String(value) }));
}
