import type { Outcome } from '../../../diagnostics/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import type { ServedWorkload } from '../served-workload.ts';
import type { Tenancy } from '../tenancy/tenancy.ts';

/** How a profile writes language models; everything else of a plan is the same in all profiles. */
export interface ModelWriter {
  /**
   * The objects of one workload: its identity, its address, its pods, their autoscalers and disruption budgets.
   * Errors: `synth-unsupported` for what the profile cannot express.
   */
  readonly objects: (served: ServedWorkload) => Outcome<readonly ObjectFacts[]>;
  /** The NetworkPolicies of one workload. */
  readonly policies: (served: ServedWorkload, tenancy: Tenancy) => readonly ObjectFacts[];
}
