/** The pool of the pair: one kind of node in two zones. */
export const PAIR_POOL = `pools:
  - id: cpu
    provider: aws
    region: us-east-1
    zones: [us-east-1a, us-east-1b]
    instanceType: m7i.large
    capacityTypes: [on-demand]
workloads: []
`;

/** A stack of two services, planned in well under a second; the figures are made up. `webReplicas`: replicas of the service `web`. */
export function pairProblem(webReplicas: number, name = 'pair'): string {
  return `apiVersion: plimsoll.dev/v1alpha1
name: ${name}
${PAIR_POOL}services:
  - id: store
    performance: { fixed: { resources: { requests: { cpu: 250m, memory: 512Mi } }, replicas: 2 } }
  - id: web
    performance: { fixed: { resources: { requests: { cpu: 500m, memory: 256Mi } }, replicas: ${webReplicas} } }
`;
}
