/** The stack of a member account: the role that its projects name as `account_role_arn`, and the boundary of its users. */

import * as iam from "@pulumi/aws/iam";
import { Boundary } from "../components/boundary";
import { document } from "../components/common";
import { findPlace } from "../components/place";
import { tagEverything } from "../components/tags";
import { settings } from "../config/stack";
import { type WorkerName, programName, roleArn, sessionName } from "../names";
import { memberPolicy } from "../policies/member";
import { workersTrust } from "../policies/trust";
import { readMemberConfig } from "./config";

const config = readMemberConfig(settings("keylease-member").raw);
tagEverything(config.tags);

const place = findPlace(config);
const boundary = new Boundary({ config, place });
const name = config.roleName;
const role = new iam.Role(name, {
  name,
  description: "Keylease's provision and revoke act in this account through it",
  assumeRolePolicy: document(place, (place) => {
    const hub = { ...place, account: config.hubAccount };
    const worker = (name: WorkerName) => ({ roleArn: roleArn(hub, programName(hub, name)), sessionName: sessionName(name) });
    return workersTrust([worker("provision"), worker("revoke")]);
  }),
});
new iam.RolePolicy(name, { name, role: role.name, policy: document(place, (place) => memberPolicy(place, config)) });

/** For the catalogue, as `account_role_arn`, and for the main stack's `keylease:accountRoleArns`. */
export const accountRoleArn = role.arn;
export const boundaryArn = boundary.arn;
