import { PROBLEM_API_VERSION } from './problem-document.ts';
import type { PlacementChoice, ProblemDocument } from './problem-document.ts';
import { identifier, integer, listOf, objectOf, oneOfTexts, text } from './problem-schema-builders.ts';
import type { JsonSchema } from './problem-schema-builders.ts';
import { aimsSchemas } from './problem-schema-aims.ts';
import { CATALOG_SCHEMA } from './problem-schema-catalog.ts';
import { POOL_SCHEMA } from './problem-schema-hardware.ts';
import { BUDGET_SCHEMA, POLICY_SCHEMA, WAIVER_SCHEMA } from './problem-schema-policy.ts';
import { SERVICE_SCHEMA } from './problem-schema-service.ts';
import { SPOT_SCHEMA } from './problem-schema-spot.ts';
import { TENANCY_SCHEMA } from './problem-schema-tenancy.ts';
import { LLM_SERVICE_SCHEMA } from './problem-schema-workload.ts';

const WHOLE_DOCUMENT = objectOf<ProblemDocument>({
  title: 'Plimsoll problem',
  description: 'Workloads, services, hardware pools, budgets and policies to plan for.',
  required: {
    apiVersion: { type: 'string', const: PROBLEM_API_VERSION, description: 'Version of this format.' },
    name: identifier('Name of the stack; the plan is written to plans/<name>.'),
    pools: listOf(POOL_SCHEMA, 'Hardware offered to the planner.', { minItems: 1 }),
    workloads: listOf(LLM_SERVICE_SCHEMA, 'Language models to serve. Default: none.'),
  },
  optional: {
    services: listOf(SERVICE_SCHEMA, 'Microservices to run. Default: none.'),
    seed: { ...integer('Seed of every random stream. Default: 1.', 0), default: 1 },
    ...aimsSchemas(''),
    budgets: listOf(BUDGET_SCHEMA, 'Limits on money.'),
    policies: listOf(POLICY_SCHEMA, 'Rules to hold the plan to.'),
    waivers: listOf(WAIVER_SCHEMA, 'Stated exceptions to rules.'),
    catalog: CATALOG_SCHEMA,
    calibration: listOf(
      text('Path relative to the stack.'),
      'Files that fit the performance model to your own deployment, as `plimsoll calibrate` writes them.',
      { uniqueItems: true },
    ),
    spot: SPOT_SCHEMA,
    tenancy: TENANCY_SCHEMA,
    placement: oneOfTexts<PlacementChoice>(
      {
        flexible: 'pods of a set may lie in any of its zones, as even as the scheduler makes them',
        zonal: 'a pod set for each zone, so that each replica lies in the zone where it was planned',
        exact:
          'as zonal, and a pod set and node pool for each node where services share several nodes of an offering, so that each replica lies on the node where it was planned',
      },
      'How strictly pods keep to the zones and nodes of the plan. Default: flexible.',
    ),
  },
});

/**
 * JSON Schema (draft-07) of `ProblemDocument`, published as `schemas/problem.schema.json`.
 * Its defaults are the only place where defaults of the problem are stated; `normalizeDocument` fills them in.
 */
export const PROBLEM_SCHEMA: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://plimsoll.dev/schemas/problem-v1alpha1.json',
  ...WHOLE_DOCUMENT,
  // The normal form always has the list; people leave it out where they declare services only.
  required: (WHOLE_DOCUMENT.required ?? []).filter((field) => field !== 'workloads'),
};
