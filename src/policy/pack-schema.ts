/** Version of the pack format; raised when a field is removed or re-defined. */
export const PACK_API_VERSION = 'plimsoll.dev/policy/v1alpha1';

const TEXT = { type: 'string', minLength: 1 } as const;
const TEXTS = { type: 'array', items: TEXT, minItems: 1 } as const;
const ID = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' } as const;
const NAME = { type: 'string', pattern: '^[a-zA-Z][a-zA-Z0-9]*$' } as const;
const SCALAR = { type: ['number', 'string', 'boolean'] } as const;

const object = (
  required: Readonly<Record<string, object>>,
  optional: Readonly<Record<string, object>> = {},
) => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(required),
  properties: { ...required, ...optional },
});

const PARAMETER = object({ name: NAME, default: SCALAR, description: TEXT });

const MATCH = object({}, { kinds: TEXTS, apiVersions: TEXTS, namespaces: TEXTS, names: TEXTS, when: TEXT });

const STEP = {
  ...object({ path: TEXT }, { value: {}, expression: TEXT, when: TEXT }),
  oneOf: [{ required: ['value'] }, { required: ['expression'] }],
};

const TEST = object(
  { name: TEXT, self: {}, expect: { enum: ['pass', 'violation'] } },
  {
    params: { type: 'object', additionalProperties: SCALAR },
    plan: { type: 'object' },
    problem: { type: 'object' },
    manifests: { type: 'array', items: { type: 'object' } },
  },
);

const RULE = object(
  {
    id: ID,
    title: TEXT,
    level: { enum: ['advisory', 'mandatory', 'remediate'] },
    target: { enum: ['problem', 'workload', 'pool', 'plan', 'allocation', 'manifest'] },
    condition: TEXT,
    why: TEXT,
    remediation: TEXT,
    reference: TEXT,
  },
  {
    match: MATCH,
    variables: { type: 'array', items: object({ name: NAME, expression: TEXT }) },
    message: TEXT,
    remediate: { type: 'array', items: STEP },
    tests: { type: 'array', items: TEST },
  },
);

/** JSON Schema (draft 7) of a policy pack file. */
export const PACK_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'https://plimsoll.dev/schemas/policy-pack.v1alpha1.json',
  title: 'PolicyPack',
  ...object(
    {
      apiVersion: { const: PACK_API_VERSION },
      name: ID,
      title: TEXT,
      rules: { type: 'array', items: RULE, minItems: 1 },
    },
    {
      /** Anything; a place for YAML anchors that rules and tests share. */
      definitions: {},
      parameters: { type: 'array', items: PARAMETER },
    },
  ),
} as const;
