/** Policy documents as plain values. */

/** Operators, then condition keys, then the values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
  readonly Action: readonly string[];
  readonly Resource?: readonly string[];
  readonly Condition?: Conditions;
}

export interface Policy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** Statements without resources are left out: IAM takes no empty list, and nothing is to be allowed. */
export function policy(...statements: readonly Statement[]): Policy {
  return {
    Version: "2012-10-17",
    Statement: statements.filter((statement) => statement.Resource === undefined || statement.Resource.length > 0),
  };
}

export function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Conditions,
): Statement {
  const statement = { Sid: sid, Effect: "Allow" as const, Action: actions, Resource: resources };
  return condition === undefined ? statement : { ...statement, Condition: condition };
}
