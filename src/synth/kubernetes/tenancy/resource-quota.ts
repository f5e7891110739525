import { compareText, sortedBy } from '../../../units/index.ts';
import type { ObjectFacts } from '../api-object.ts';
import { TEAM_LABEL, stackLabels } from '../labels.ts';
import { labelValue, shortenedName } from '../names.ts';
import { cpuQuantity, memoryQuantity } from '../quantities.ts';
import { totalDemand } from './demands.ts';
import type { PodDemand } from './demands.ts';

/**
 * One quota per namespace: what the stack may run there at once. It counts the pods of the stack's own priority classes
 * alone, so that neither pods of others nor those of another stack in the namespace are held to it (Kubernetes,
 * "Resource Quotas", scope `PriorityClass`; local disk is nothing that this scope counts).
 */
export function resourceQuotas(
  stack: string,
  demands: readonly PodDemand[],
  room: number,
): readonly ObjectFacts[] {
  const byNamespace = sortedBy(
    Map.groupBy(demands, ({ namespace }) => namespace),
    ([name]) => name,
  );
  return byNamespace.map(([namespace, members]) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: shortenedName(stack), namespace, labels: quotaLabels(stack, members) },
    spec: {
      hard: hardLimits(members, room),
      scopeSelector: {
        matchExpressions: [
          {
            scopeName: 'PriorityClass',
            operator: 'In',
            values: [...new Set(members.map(({ priorityClass }) => priorityClass))].sort(compareText),
          },
        ],
      },
    },
  }));
}

function hardLimits(demands: readonly PodDemand[], room: number): Readonly<Record<string, string>> {
  const { pods, cpuMillicores, memory, accelerators } = totalDemand(demands, room);
  const devices = Object.entries(accelerators).map(
    ([name, count]) => [`requests.${name}`, String(count)] as const,
  );
  return {
    pods: String(pods),
    'requests.cpu': cpuQuantity(cpuMillicores),
    'requests.memory': memoryQuantity(memory),
    ...Object.fromEntries(devices),
  };
}

function quotaLabels(stack: string, demands: readonly PodDemand[]): Readonly<Record<string, string>> {
  const [team, ...others] = new Set(demands.map((demand) => demand.team));
  const isOne = team !== undefined && team !== '' && others.length === 0;
  return { ...stackLabels(stack), ...(isOne ? { [TEAM_LABEL]: labelValue(team) } : {}) };
}
