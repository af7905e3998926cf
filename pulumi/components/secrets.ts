/**
 * The programs' secrets, in Secrets Manager. A value comes from the stack's encrypted configuration, which keeps it
 * encrypted in Pulumi's state too, or is put in later by hand and never reaches Pulumi.
 */

import * as secretsmanager from "@pulumi/aws/secretsmanager";
import * as pulumi from "@pulumi/pulumi";
import type { SECRET_KEYS } from "../config/read";
import { type Deployment, type SecretVariable, secretName } from "../names";

type SecretKey = (typeof SECRET_KEYS)[number];

const KEYS: Readonly<Record<SecretVariable, SecretKey>> = {
  SLACK_SIGNING_SECRET: "slackSigningSecret",
  WORKFLOW_TOKEN: "workflowToken",
  SLACK_BOT_TOKEN: "slackBotToken",
};

export class Secrets extends pulumi.ComponentResource {
  private readonly secrets: Readonly<Record<SecretVariable, secretsmanager.Secret>>;

  constructor(private readonly deployment: Deployment, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Secrets", "keylease-secrets", {}, options);
    this.secrets = {
      SLACK_SIGNING_SECRET: this.secret("SLACK_SIGNING_SECRET"),
      WORKFLOW_TOKEN: this.secret("WORKFLOW_TOKEN"),
      SLACK_BOT_TOKEN: this.secret("SLACK_BOT_TOKEN"),
    };
    this.registerOutputs();
  }

  /** The variables that tell a program where its secrets are. */
  variables(...wanted: readonly SecretVariable[]): Record<string, pulumi.Output<string>> {
    return Object.fromEntries(wanted.map((variable) => [`${variable}_ARN`, this.secrets[variable].arn]));
  }

  private secret(variable: SecretVariable): secretsmanager.Secret {
    const name = secretName(this.deployment, variable);
    const secret = new secretsmanager.Secret(name, { name, description: `Keylease: ${variable}` }, { parent: this });
    const value = new pulumi.Config("keylease").getSecret(KEYS[variable]);
    if (value !== undefined) {
      const options = { parent: this, additionalSecretOutputs: ["secretString"] };
      new secretsmanager.SecretVersion(name, { secretId: secret.id, secretString: value }, options);
    }
    return secret;
  }
}
