/** What the command line says. */

import { parseArgs } from "node:util";

export const USAGE = `Deploys a stack into the emulator, which runs and enforces IAM (AUTH=true).

  node build/deploy-to-emulator/main.js deploy --endpoint URL --packages FOLDER --out FILE

  --endpoint URL       where the emulator answers
  --packages FOLDER    folder of ingress.zip, notify.zip, provision.zip and revoke.zip (main stack)
  --out FILE           where to write what was made, as JSON
  --stack NAME         main (default), or member for a member account
  --account ID         12 digits; for main 000000000000, the one that the emulator takes unsigned requests for;
                       444455556666 for member
  --region REGION      us-east-1
  --config KEY=VALUE   a key of the stack's configuration, without its namespace; lists as JSON
  --secret KEY=VALUE   the same, as Pulumi's encrypted configuration
  --env NAME=VALUE     a variable for every function, besides AWS_ENDPOINT_URL
`;

export interface Arguments {
  readonly endpoint: string;
  readonly packages: string | undefined;
  readonly out: string;
  readonly stack: "main" | "member";
  readonly account: string;
  readonly region: string;
  readonly config: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
}

export function readArguments(words: readonly string[]): Arguments {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true } as const;
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      endpoint: text, packages: text, out: text, stack: text, account: text, region: text,
      config: texts, secret: texts, env: texts,
    },
  });
  if (positionals.length !== 1 || positionals[0] !== "deploy") throw new Error("the one command is `deploy`");
  const stack = values.stack ?? "main";
  if (stack !== "main" && stack !== "member") throw new Error(`--stack is main or member, not ${stack}`);
  if (values.endpoint === undefined || values.out === undefined) throw new Error("--endpoint and --out are needed");
  if (stack === "main" && values.packages === undefined) throw new Error("--packages is needed");
  return {
    endpoint: values.endpoint.replace(/\/+$/, ""),
    packages: values.packages,
    out: values.out,
    stack,
    account: values.account ?? (stack === "main" ? "000000000000" : "444455556666"),
    region: values.region ?? "us-east-1",
    config: pairs(values.config),
    secrets: pairs(values.secret),
    environment: pairs(values.env),
  };
}

function pairs(words: readonly string[] | undefined): Record<string, string> {
  return Object.fromEntries((words ?? []).map((word) => {
    const end = word.indexOf("=");
    if (end < 1) throw new Error(`\`${word}\` is not NAME=VALUE`);
    return [word.slice(0, end), word.slice(end + 1)];
  }));
}
