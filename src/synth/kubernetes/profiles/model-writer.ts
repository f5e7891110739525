import type { Outcome } from '../../../diagnostics/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import type { PodSetOptions } from '../resolve-pod-sets.ts';
import type { ServedWorkload } from '../served-workload.ts';
import type { PodDemand } from '../tenancy/demands.ts';
import type { Tenancy } from '../tenancy/tenancy.ts';

/** How a profile writes language models; everything else of a plan is the same in all profiles. */
export interface ModelWriter {
  /** What it does otherwise with pods. Default: nothing. */
  readonly podSets?: PodSetOptions;
  /**
   * The objects of one workload: its identity, its address, its pods, their autoscalers and disruption budgets.
   * Errors: `synth-unsupported` for what the profile cannot express.
   */
  readonly objects: (served: ServedWorkload) => Outcome<readonly ObjectFacts[]>;
  /** The NetworkPolicies of one workload. */
  readonly policies: (served: ServedWorkload, tenancy: Tenancy) => readonly ObjectFacts[];
  /** What the pods before a workload demand: routers, endpoint pickers, frontends. */
  readonly frontDemands: (served: ServedWorkload) => readonly PodDemand[];
  /** Whether pods of the workload get capabilities that the pod security standard `baseline` refuses. Default: none do. */
  readonly needsPrivileges?: (served: ServedWorkload) => boolean;
}
