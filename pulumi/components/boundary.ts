/** The permissions boundary of every user that is made, for this account or a member. */

import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { type Deployment, type Place, boundaryName } from "../names";
import { type Unnamed, boundaryPolicy } from "../policies/boundary";

const NAME = "keylease-boundary";

export interface BoundaryArgs {
  readonly config: Deployment;
  readonly place: pulumi.Output<Place>;
  /** What a grantee is kept from besides what is named after Keylease. */
  readonly unnamed?: pulumi.Input<Unnamed>;
}

export class Boundary extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(args: BoundaryArgs, options?: pulumi.ComponentResourceOptions) {
    super("keylease:index:Boundary", NAME, {}, options);
    const policy = new iam.Policy(NAME, {
      name: boundaryName(args.config),
      description: "The most that a user made by Keylease can do, whatever is attached to it",
      policy: pulumi.all([args.place, args.unnamed ?? {}]).apply(([place, unnamed]) =>
        JSON.stringify(boundaryPolicy(place, unnamed))),
    }, { parent: this });
    this.arn = policy.arn;
    this.registerOutputs();
  }
}
