/** Where the stack may go. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { supported } from "./place";

test("the stack is for the partition aws, and says so anywhere else", () => {
  assert.equal(supported("aws"), "aws");
  for (const partition of ["aws-cn", "aws-us-gov", undefined]) {
    assert.throws(() => supported(partition), /for the partition aws alone/);
  }
});
