import type { ProblemDocument, QueueingSystem } from '../../../model/index.ts';
import { compareText, parsePercent } from '../../../units/index.ts';

/** What a stack says of its namespaces, with defaults filled in as the problem format promises. */
export interface Tenancy {
  readonly networkPolicies: boolean;
  /** Namespaces whose pods may call in, sorted; empty when every namespace may. */
  readonly clients: readonly string[];
  readonly quotas: boolean;
  /** Share of the peak that quotas leave above it, 0..1. */
  readonly room: number;
  readonly queues?: QueueingSystem;
}

/** Room above the peak where the stack says nothing: a whole plan beside the one before. */
const DEFAULT_ROOM = '100%';

/** The tenancy of a problem. The document must be valid, as that of a plan is. */
export function tenancyOf({ tenancy = {} }: ProblemDocument): Tenancy {
  const room = parsePercent(tenancy.quotaRoom ?? DEFAULT_ROOM);
  if (!room.ok) throw new TypeError('the tenancy of an invalid problem');
  return {
    networkPolicies: tenancy.networkPolicies ?? true,
    clients: [...(tenancy.clients ?? [])].sort(compareText),
    quotas: tenancy.quotas ?? false,
    room: room.value,
    ...(tenancy.queues === undefined ? {} : { queues: tenancy.queues }),
  };
}
