import type { WorkloadEvidence } from '../../report/index.ts';

/** What is told of one workload, and what could not be told and why, one sentence each. */
export interface WorkloadPart {
  readonly evidence: WorkloadEvidence;
  readonly remarks: readonly string[];
}
