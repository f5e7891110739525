import { quantity } from './parse-quantities.ts';
import { identifier, listOf, objectOf, oneOfTexts } from './problem-schema-builders.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import type { QueueingSystem, TenancyDocument } from './tenancy-document.ts';

/** Longest namespace (Kubernetes, "Object Names and IDs": a DNS-1123 label). */
const MAX_NAMESPACE_LENGTH = 63;

const choice = (description: string, fallback: boolean): JsonSchema => ({
  type: 'boolean',
  description,
  default: fallback,
});

/** Schema of the `tenancy` field of a problem. */
export const TENANCY_SCHEMA = objectOf<TenancyDocument>({
  title: 'Tenancy',
  description: 'Who may reach what, and how much may run, in the namespaces of the stack.',
  required: {},
  optional: {
    networkPolicies: choice(
      'Pods reach others and are reached only where the plan needs it. Default: true.',
      true,
    ),
    clients: listOf(
      identifier('Name of a namespace.', MAX_NAMESPACE_LENGTH),
      'Namespaces whose pods may call language models, and services that take requests from outside. Default: every namespace.',
      { uniqueItems: true },
    ),
    quotas: choice(
      'Bounds what the stack may take in each namespace by what the plan needs at its peak. Default: false.',
      false,
    ),
    quotaRoom: quantity(
      'percent',
      'Share of the peak that quotas and queues leave above it, so that the pods of a changed plan can start before those of the old one go. Default: 100%.',
      '100%',
    ),
    queues: oneOfTexts<QueueingSystem>(
      { kueue: 'queues of Kueue with the quotas of the plan' },
      'Who admits pods. Default: nobody, pods start at once.',
    ),
  },
});
