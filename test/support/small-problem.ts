/** A problem that plans in a few seconds: an 8B model on single-GPU nodes, fixed lengths. Text so that tests can break it. */
export const SMALL_PROBLEM = `apiVersion: plimsoll.dev/v1alpha1
name: small
pools:
  - id: l40s
    provider: aws
    region: us-east-1
    zones: [us-east-1a, us-east-1b]
    instanceType: g6e.2xlarge
    capacityTypes: [on-demand, spot]
    maxNodes: 8
workloads:
  - kind: llm
    id: helper
    model: meta-llama/Llama-3.1-8B-Instruct
    precisions: [fp8]
    team: tools
    traffic:
      generate:
        lengths: { isl: 800, osl: 100 }
      meanRate: 3/s
    slo:
      ttft: { p99: 2s }
      tpot: { p99: 80ms }
      availability: 99%
    maxModelLength: 4096
budgets:
  - id: monthly
    limit: 20000 USD/month
policies:
  - id: costs
    pack: cost-guardrails
`;

/** The small problem with one text replaced; throws when the text does not occur, so that a test cannot miss its target. */
export function smallProblem(...[before, after]: [before: string, after: string] | []): string {
  if (before === undefined) return SMALL_PROBLEM;
  if (!SMALL_PROBLEM.includes(before)) throw new Error(`the small problem does not contain ${before}`);
  return SMALL_PROBLEM.replace(before, after ?? '');
}
