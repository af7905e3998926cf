/** What EventBridge Scheduler may do for the stack: send to the revoke queue, and park what it could not send. */

import { type Place, queueArn, queueName, scheduleDlqName } from "../names";
import { type Policy, allow, policy } from "./document";

export function schedulerPolicy(place: Place): Policy {
  const queues = [queueArn(place, queueName(place, "revoke")), queueArn(place, scheduleDlqName(place))];
  return policy(allow("SendEnds", ["sqs:SendMessage"], queues));
}
