/** Pulumi's mocks that make every resource of the program in the emulator, and hand back real ids and ARNs. */

import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import * as pulumi from "@pulumi/pulumi";
import type { Creators, Inputs } from "./creator";
import type { Emulator } from "./emulator";
import { events } from "./events";
import { functions } from "./functions";
import { http } from "./http";
import { identities } from "./identities";
import { mail } from "./mail";
import { queues } from "./queues";
import { schedules } from "./schedules";
import { secrets } from "./secrets";
import { tables } from "./tables";
import { watching } from "./watching";

const CREATORS: Creators = {
  ...queues, ...identities, ...functions, ...http, ...tables, ...schedules, ...mail, ...secrets, ...events, ...watching,
};

/** What the emulator has no service for, and what therefore stays unproved. */
const NOT_COVERED: Readonly<Record<string, string>> = {
  "aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration":
    "the emulator has no Chatbot; whether alarms reach a Slack channel is not tried",
  "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes":
    "the emulator keeps no domain for bounces",
};

export function emulatorMocks(emulator: Emulator): pulumi.runtime.Mocks {
  return {
    newResource: (args) => create(emulator, args),
    call: (args) => answer(emulator, args),
  };
}

async function create(
  emulator: Emulator,
  { type, name, inputs, custom }: pulumi.runtime.MockResourceArgs,
): Promise<pulumi.runtime.MockResourceResult> {
  // Components and the stack itself exist in Pulumi alone.
  if (custom === false || type === "pulumi:pulumi:Stack") return { id: undefined, state: inputs };
  const why = NOT_COVERED[type];
  if (why !== undefined) {
    emulator.made.notCovered.push({ type, name, why });
    return { id: name, state: { ...inputs, arn: `arn:aws:none:::${name}` } };
  }
  const creator = CREATORS[type];
  if (creator === undefined) throw new Error(`${name}: nothing here makes a ${type}; write a creator for it`);
  try {
    const created = await creator(emulator, plain(inputs), name);
    emulator.made.resources.push({ type, name, id: created.id });
    return { id: created.id, state: { ...inputs, ...created.outputs } };
  } catch (error) {
    throw new Error(`${name}, a ${type}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
  }
}

async function answer(emulator: Emulator, { token }: pulumi.runtime.MockCallArgs): Promise<Record<string, unknown>> {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity": {
      const caller = await emulator.sts.send(new GetCallerIdentityCommand({}));
      return { accountId: caller.Account, arn: caller.Arn, userId: caller.UserId, id: caller.Account };
    }
    case "aws:index/getRegion:getRegion": {
      const { region } = emulator.options;
      return { region, name: region, id: region };
    }
    default:
      throw new Error(`nothing here answers the call ${token}; write an answer for it`);
  }
}

/** Pulumi's mark on a secret value, which wraps it (its protocol's own constant). */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

/** The inputs with secrets unwrapped: AWS takes them as they are. */
function plain(value: Inputs): Inputs {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || pulumi.asset.Archive.isInstance(value)) return value;
  if (SIGNATURE in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
