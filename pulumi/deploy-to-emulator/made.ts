/** What a deployment made, for the tests that use it. */

export interface RoleMade {
  readonly arn: string;
  /** Who may assume it. */
  readonly trust: unknown;
  /** Its inline policies, by name. */
  readonly policies: Record<string, unknown>;
}

export class Made {
  readonly roles: Record<string, RoleMade> = {};
  readonly functions: Record<string, { arn: string; role: string }> = {};
  readonly queues: Record<string, { url: string; arn: string }> = {};
  readonly tables: string[] = [];
  /** Managed policies: the boundary. */
  readonly policies: Record<string, { arn: string; document: unknown }> = {};
  /** Where the ingress answers at the emulator, which AWS's own host names do not reach. */
  url: string | null = null;
  /** What the emulator cannot express. */
  readonly notCovered: { type: string; name: string; why: string }[] = [];
  /** Everything, in the order in which it was made. */
  readonly resources: { type: string; name: string; id: string }[] = [];
}
