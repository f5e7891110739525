import type { CapacityType, Taint } from './pool.ts';
import { quantity } from './parse-quantities.ts';
import {
  described,
  identifier,
  integer,
  listOf,
  mapOf,
  objectOf,
  oneOfTexts,
  someOf,
  text,
} from './problem-schema-builders.ts';
import type { PoolDocument } from './problem-document.ts';

const CAPACITY_MEANINGS: Readonly<Record<CapacityType, string>> = {
  'on-demand': 'bought by the hour, kept until released',
  spot: 'cheaper, taken back by the provider at short notice',
  reserved: 'committed in advance; state its price under prices',
  owned: 'your own servers; state their price under prices',
};

/** Names of the capacity types. */
export const CAPACITY_TYPES: readonly string[] = Object.keys(CAPACITY_MEANINGS);

/** Schema of one capacity type. */
export const CAPACITY_TYPE_SCHEMA = oneOfTexts<CapacityType>(CAPACITY_MEANINGS, 'How capacity is bought.');

const TAINT_SCHEMA = objectOf<Taint>({
  title: 'Taint',
  description: 'A Kubernetes taint on the nodes of the pool.',
  required: {
    key: text('Key of the taint.', ['nvidia.com/gpu']),
    value: { type: 'string', description: 'Value of the taint; may be empty.' },
    effect: oneOfTexts<Taint['effect']>(
      {
        NoSchedule: 'pods that do not tolerate it are not placed',
        PreferNoSchedule: 'they are placed elsewhere if possible',
        NoExecute: 'running pods are evicted too',
      },
      'What happens to pods that do not tolerate it.',
    ),
  },
  optional: {},
});

/** Schema of a hardware pool. */
export const POOL_SCHEMA = objectOf<PoolDocument>({
  title: 'HardwarePool',
  description: 'Hardware offered to the planner: one instance type in one region.',
  required: {
    id: identifier('Name of the pool.'),
    provider: text('Cloud provider, or any name for your own servers.', ['aws', 'gcp', 'azure']),
    region: text('Region of the provider.', ['us-east-1']),
    zones: listOf(text('Availability zone.', ['us-east-1a']), 'Zones in which nodes may be bought.', {
      minItems: 1,
      uniqueItems: true,
    }),
    instanceType: text('Instance type, as `plimsoll catalog list` names it.', ['p5.48xlarge']),
  },
  optional: {
    capacityTypes: listOf(CAPACITY_TYPE_SCHEMA, 'How nodes may be bought. Default: on-demand only.', {
      minItems: 1,
      uniqueItems: true,
      default: ['on-demand'],
    }),
    maxNodes: integer('Most nodes at once over all zones and capacity types. Default: unlimited.', 1),
    prices: someOf(CAPACITY_TYPES, 'Prices that replace those of the catalogue.', (type) =>
      quantity('hourlyUsd', `Price of one ${type} node per hour.`),
    ),
    nodeStartup: quantity(
      'duration',
      "From asking for a node until it is ready. Default: the catalogue's assumption.",
    ),
    interNodeBandwidth: quantity(
      'bandwidth',
      'Network between nodes per accelerator and direction. Default: network of the instance divided by its accelerators.',
    ),
    interruption: quantity(
      'percent',
      "Probability that a spot node is interrupted within a month. Default: the catalogue's band.",
    ),
    labels: mapOf({ type: 'string' }, 'Labels of the nodes, by key.'),
    taints: described(listOf(TAINT_SCHEMA, ''), 'Taints of the nodes.'),
  },
});
