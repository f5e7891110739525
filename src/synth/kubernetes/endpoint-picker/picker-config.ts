import type { JsonObject } from '../../files.ts';
import { ROLE_LABEL } from '../labels.ts';
import { yamlText } from '../yaml.ts';

/** Name of the file in its ConfigMap. */
export const PICKER_CONFIG_FILE = 'config.yaml';

/**
 * Scorers with their weights: a prefix that is cached counts most, then the queue, then the free KV cache (the router's own
 * sample configurations, deploy/config, 0.10; the third weight is *assumed*).
 */
const SCORERS = [
  ['prefix-cache-scorer', 2],
  ['queue-scorer', 1],
  ['kv-cache-utilization-scorer', 1],
] as const;

const PICKER = 'max-score-picker';

/**
 * The configuration of an endpoint picker as text (llm-d router 0.10, `EndpointPickerConfig`; kthena.volcano.sh, "Integrate ModelServing
 * with llm-d Router", 0.10.0, 2026: deciders before the handler that names them, no handler for headers any more): one profile for pods that answer
 * whole requests, or one per role. Every prompt goes to a prefill pod, as the plan counts on; roles are told by the label of
 * the plan.
 */
export function pickerConfig(isDisaggregated: boolean): string {
  return yamlText(isDisaggregated ? splitConfig() : wholeConfig());
}

function wholeConfig(): JsonObject {
  return config([{ type: 'single-profile-handler' }], [{ name: 'default', plugins: scored([]) }]);
}

function splitConfig(): JsonObject {
  return config(
    [
      roleFilter('prefill'),
      roleFilter('decode'),
      { type: 'always-disagg-pd-decider' },
      {
        type: 'disagg-profile-handler',
        parameters: { deciders: { prefill: 'always-disagg-pd-decider' } },
      },
    ],
    ['prefill', 'decode'].map((role) => ({ name: role, plugins: scored([{ pluginRef: filterName(role) }]) })),
  );
}

function config(plugins: readonly JsonObject[], schedulingProfiles: readonly JsonObject[]): JsonObject {
  return {
    apiVersion: 'llm-d.ai/v1alpha1',
    kind: 'EndpointPickerConfig',
    plugins: [
      { type: 'approx-prefix-cache-producer' },
      ...SCORERS.map(([type]) => ({ type })),
      { type: PICKER },
      ...plugins,
    ],
    schedulingProfiles,
  };
}

function scored(filters: readonly JsonObject[]): readonly JsonObject[] {
  return [
    ...filters,
    ...SCORERS.map(([pluginRef, weight]): JsonObject => ({ pluginRef, weight })),
    { pluginRef: PICKER },
  ];
}

function filterName(role: string): string {
  return `${role}-pods`;
}

function roleFilter(role: string): JsonObject {
  return {
    type: 'label-selector-filter',
    name: filterName(role),
    parameters: { matchExpressions: [{ key: ROLE_LABEL, operator: 'In', values: [role] }] },
  };
}
