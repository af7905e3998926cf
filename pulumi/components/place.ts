/** Where the stack goes, as AWS says it. */

import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import * as pulumi from "@pulumi/pulumi";
import type { Deployment, Place } from "../names";

/** The only partition that this stack is for: in the others SES, or the console's addresses in mails, are different. */
const PARTITION = "aws";

export function findPlace({ deploymentId }: Deployment): pulumi.Output<Place> {
  return pulumi.all([getCallerIdentityOutput(), getRegionOutput()]).apply(([caller, region]) => ({
    deploymentId,
    partition: supported(caller.arn.split(":")[1]),
    account: caller.accountId,
    region: region.region,
  }));
}

/** The partition, or an error that says what is supported. */
export function supported(partition: string | undefined): string {
  if (partition === PARTITION) return partition;
  throw new Error(`these credentials are for the partition ${partition}; Keylease's stack is for the partition ${PARTITION} alone`);
}
