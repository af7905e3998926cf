/** SES. */

import {
  CreateConfigurationSetCommand, CreateConfigurationSetEventDestinationCommand, CreateEmailIdentityCommand,
} from "@aws-sdk/client-sesv2";
import { type Creators, tagList } from "./creator";

export const mail: Creators = {
  "aws:sesv2/emailIdentity:EmailIdentity": async (emulator, inputs) => {
    const made = await emulator.ses.send(
      new CreateEmailIdentityCommand({ EmailIdentity: inputs.emailIdentity, Tags: tagList(inputs) }));
    const dkimSigningAttributes = { tokens: made.DkimAttributes?.Tokens ?? [] };
    return { id: inputs.emailIdentity, outputs: { dkimSigningAttributes } };
  },
  "aws:sesv2/configurationSet:ConfigurationSet": async (emulator, inputs) => {
    await emulator.ses.send(new CreateConfigurationSetCommand({
      ConfigurationSetName: inputs.configurationSetName,
      DeliveryOptions: { TlsPolicy: inputs.deliveryOptions.tlsPolicy },
      ReputationOptions: { ReputationMetricsEnabled: inputs.reputationOptions.reputationMetricsEnabled },
      SuppressionOptions: { SuppressedReasons: inputs.suppressionOptions.suppressedReasons },
      Tags: tagList(inputs),
    }));
    return { id: inputs.configurationSetName };
  },
  "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination": async (emulator, inputs) => {
    const { eventDestination } = inputs;
    await emulator.ses.send(new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: inputs.configurationSetName,
      EventDestinationName: inputs.eventDestinationName,
      EventDestination: {
        Enabled: eventDestination.enabled,
        MatchingEventTypes: eventDestination.matchingEventTypes,
        EventBridgeDestination: { EventBusArn: eventDestination.eventBridgeDestination.eventBusArn },
      },
    }));
    return { id: `${inputs.configurationSetName}|${inputs.eventDestinationName}` };
  },
};
