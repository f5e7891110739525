import type { Outcome } from '../../../diagnostics/index.ts';
import type { SynthesisSource } from '../../files.ts';
import type { ObjectFacts } from '../api-object.ts';

/** A way of writing a plan as Kubernetes objects: which kinds stand for a workload. */
export interface TargetProfile {
  /** Name as users write it; also the first folder of its files. */
  readonly name: string;
  readonly description: string;
  /** What must be installed in the cluster for its kinds, for `docs` and `doctor`. */
  readonly needs: readonly string[];
  /** The objects of a plan, in any order. Errors: `synth-unsupported`. */
  readonly objects: (source: SynthesisSource) => Outcome<readonly ObjectFacts[]>;
}
