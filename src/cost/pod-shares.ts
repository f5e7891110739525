import type { Offering, PodResources } from '../model/index.ts';

/**
 * The part of a node that one pod takes: the larger of its parts of the CPU and of the memory that Kubernetes leaves for pods, as in dominant
 * resource fairness (Ghodsi et al., NSDI 2011). Above 1 for a pod that does not fit.
 */
export function podShare(resources: PodResources, { instanceType }: Pick<Offering, 'instanceType'>): number {
  const { cpuMillicores, memory } = instanceType.allocatable;
  return Math.max(
    cpuMillicores > 0 ? resources.cpuMillicores / cpuMillicores : 0,
    memory > 0 ? resources.memory / memory : 0,
  );
}

/**
 * Who uses a node: the part of each service with pods on it, in the order of `pods`. Parts that add up to more than the node are scaled down
 * alike, since one service may ask mostly for CPU and another mostly for memory; what they leave is idle. Services of unknown size take nothing.
 * @param pods pods of each service on the node
 * @param sizes what one pod of each service asks for
 */
export function nodeShares(
  pods: Readonly<Record<string, number>>,
  sizes: ReadonlyMap<string, PodResources>,
  offering: Pick<Offering, 'instanceType'>,
): readonly { readonly workload: string; readonly share: number }[] {
  const claims = Object.entries(pods).map(([workload, count]) => {
    const resources = sizes.get(workload);
    return { workload, share: resources === undefined ? 0 : count * podShare(resources, offering) };
  });
  const claimed = claims.reduce((sum, { share }) => sum + share, 0);
  return claimed <= 1 ? claims : claims.map(({ workload, share }) => ({ workload, share: share / claimed }));
}
