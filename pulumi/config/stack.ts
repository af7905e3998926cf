/** What Pulumi knows of a namespace's configuration, as plain text. */

import * as pulumi from "@pulumi/pulumi";

/** Pulumi names the keys whose values are encrypted, as a JSON list, in this variable. */
const ENCRYPTED_KEYS = "PULUMI_CONFIG_SECRET_KEYS";

export interface Settings {
  /** Values by their keys, without the namespace. */
  readonly raw: Readonly<Record<string, string>>;
  /** The keys whose values are encrypted. */
  readonly secrets: ReadonlySet<string>;
}

export function settings(namespace: string): Settings {
  const prefix = `${namespace}:`;
  const own = (key: string): boolean => key.startsWith(prefix);
  const all = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => own(key));
  const encrypted = JSON.parse(process.env[ENCRYPTED_KEYS] || "[]") as string[];
  return {
    raw: Object.fromEntries(all.map(([key, value]) => [key.slice(prefix.length), value])),
    secrets: new Set(encrypted.filter(own).map((key) => key.slice(prefix.length))),
  };
}
