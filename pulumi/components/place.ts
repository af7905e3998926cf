/** Where the stack goes, as AWS says it. */

import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../names";

export function findPlace(): pulumi.Output<Place> {
  return pulumi.all([getCallerIdentityOutput(), getRegionOutput()]).apply(([caller, region]) => ({
    partition: caller.arn.split(":")[1] ?? "aws",
    account: caller.accountId,
    region: region.region,
  }));
}
