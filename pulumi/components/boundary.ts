/** The permissions boundary of every user that is made, for this account or a member. */

import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { BOUNDARY, type Place } from "../names";
import { boundaryPolicy } from "../policies/boundary";
import { document } from "./common";

export class Boundary extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(place: pulumi.Output<Place>, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Boundary", BOUNDARY, {}, options);
    const policy = new iam.Policy(BOUNDARY, {
      name: BOUNDARY,
      description: "The most that a user made by Keylease can do, whatever is attached to it",
      policy: document(place, boundaryPolicy),
    }, { parent: this });
    this.arn = policy.arn;
    this.registerOutputs();
  }
}
