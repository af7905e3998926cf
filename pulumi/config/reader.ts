/** Reads values one by one and collects what is wrong with them, so that all faults are told at once. */

/** What is wrong with a stack's configuration, a sentence for each fault. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The stack's configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n` +
      faults.map((fault) => `  - ${fault}`).join("\n"));
  }
}

export class Reader {
  private readonly faults: string[] = [];
  private readonly known = new Set<string>();

  constructor(private readonly namespace: string, private readonly raw: Readonly<Record<string, string>>) {}

  fault(sentence: string): void {
    this.faults.push(sentence);
  }

  /** A value as it stands; absent when it is not set or blank. */
  take(key: string): string | undefined {
    this.known.add(key);
    const value = this.raw[key]?.trim();
    return value === "" ? undefined : value;
  }

  text(key: string, form: RegExp, like: string, otherwise?: string): string {
    const value = this.optional(key, form, like) ?? otherwise;
    if (value === undefined && this.take(key) === undefined) {
      this.fault(`${this.namespace}:${key} is missing; set it to ${like}`);
    }
    return value ?? "";
  }

  optional(key: string, form: RegExp, like: string): string | undefined {
    const value = this.take(key);
    if (value === undefined || form.test(value)) return value;
    this.fault(`${this.namespace}:${key} is \`${value}\`, which is not ${like}`);
    return undefined;
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[], otherwise: Choice): Choice {
    const value = this.take(key);
    if (value === undefined) return otherwise;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      this.fault(`${this.namespace}:${key} is \`${value}\`; it must be one of ${choices.join(", ")}`);
    }
    return found ?? otherwise;
  }

  flag(key: string, otherwise: boolean): boolean {
    return this.choice(key, ["true", "false"], otherwise ? "true" : "false") === "true";
  }

  whole(key: string, limits: { readonly least: number; readonly most: number }, otherwise: number): number {
    const value = this.take(key);
    if (value === undefined) return otherwise;
    const number = /^\d+$/.test(value) ? Number(value) : NaN;
    if (number >= limits.least && number <= limits.most) return number;
    this.fault(`${this.namespace}:${key} is \`${value}\`; it must be a whole number from ${limits.least} to ${limits.most}`);
    return otherwise;
  }

  list(key: string, form: RegExp, like: string): readonly string[] {
    const value = this.json(key, "a list");
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.fault(`${this.namespace}:${key} is not a list`);
      return [];
    }
    const items = value.map(String);
    for (const item of items.filter((item) => !form.test(item))) {
      this.fault(`${this.namespace}:${key} lists \`${item}\`, which is not ${like}`);
    }
    const twice = items.filter((item, index) => items.indexOf(item) !== index);
    for (const item of new Set(twice)) this.fault(`${this.namespace}:${key} lists \`${item}\` twice`);
    return items;
  }

  map(key: string): Readonly<Record<string, string>> {
    const value = this.json(key, "a map");
    if (value === undefined) return {};
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.fault(`${this.namespace}:${key} is not a map of names to texts`);
      return {};
    }
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, String(text)]));
  }

  /** Ends the reading; throws when anything was wrong, keys that nothing reads included. */
  finish(): void {
    const unknown = Object.keys(this.raw).filter((key) => !this.known.has(key));
    for (const key of unknown) {
      this.fault(`${this.namespace}:${key} is not a setting; there are ${[...this.known].sort().join(", ")}`);
    }
    if (this.faults.length > 0) throw new ConfigError(this.faults);
  }

  private json(key: string, what: string): unknown {
    const value = this.take(key);
    if (value === undefined) return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      this.fault(`${this.namespace}:${key} is not ${what}`);
      return undefined;
    }
  }
}
