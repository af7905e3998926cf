/** What every component is told. */

import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/read";
import type { Place } from "../names";
import type { Policy } from "../policies/document";

export interface Common {
  readonly config: StackConfig;
  readonly place: pulumi.Output<Place>;
  /** The topic that alarms go to. */
  readonly alarmTopicArn: pulumi.Output<string>;
}

/** A policy document that depends on where the stack is, as JSON. */
export function document(place: pulumi.Output<Place>, make: (place: Place) => Policy): pulumi.Output<string> {
  return place.apply((place) => JSON.stringify(make(place)));
}
