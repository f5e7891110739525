import * as provider from '@pulumi/pulumi/provider/index.js';
import { readFileSync } from 'node:fs';
import type { ObjectSpec, PackageSchema, TypeSpec } from './package-schema.ts';

/*
 * A provider without a cloud, for previews: it has the schema of the real one's resources and checks arguments against it as the real
 * one does before it asks the cloud. It prints its port; `PULUMI_DEBUG_PROVIDERS` lets Pulumi attach to it.
 * Run as `node provider-stand-in.ts <schema file> <engine address>`.
 */
const schema = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PackageSchema;

type Failures = readonly { readonly property: string; readonly reason: string }[];

function objectFailures(value: object, spec: ObjectSpec, place: string): Failures {
  const unknown = Object.keys(value).filter((key) => !(key in spec.properties) && key !== '__defaults');
  const missing = spec.required.filter((key) => (value as Record<string, unknown>)[key] === undefined);
  return [
    ...unknown.map((key) => ({ property: `${place}${key}`, reason: 'is not known' })),
    ...missing.map((key) => ({ property: `${place}${key}`, reason: 'is missing' })),
    ...Object.entries(value).flatMap(([key, field]) => {
      const type = spec.properties[key];
      return type === undefined ? [] : failuresOf(field, type, `${place}${key}`);
    }),
  ];
}

function failuresOf(value: unknown, spec: TypeSpec, place: string): Failures {
  if (value === undefined || value === null || isUnknown(value)) return [];
  if (spec.$ref !== undefined) {
    const type = schema.types[decodeURIComponent(spec.$ref.replace('#/types/', ''))];
    if (type === undefined) return [];
    return typeof value === 'object' ? objectFailures(value, type, `${place}.`) : wrong(place, 'object');
  }
  switch (spec.type) {
    case 'array':
      if (!Array.isArray(value)) return wrong(place, 'list');
      return value.flatMap((item, index) => failuresOf(item, spec.items ?? {}, `${place}[${index}]`));
    case 'object':
      if (typeof value !== 'object') return wrong(place, 'object');
      return Object.entries(value).flatMap(([key, item]) =>
        failuresOf(item, spec.additionalProperties ?? {}, `${place}.${key}`),
      );
    case undefined:
      return [];
    default:
      return typeof value === spec.type ? [] : wrong(place, spec.type);
  }
}

function wrong(property: string, type: string): Failures {
  return [{ property, reason: `is no ${type}` }];
}

/** What an output of a resource that does not exist yet looks like (Pulumi's constant for unknown texts). */
function isUnknown(value: unknown): boolean {
  return (
    value === '04da6b54-80e4-46f7-96ec-b56ff0331ba9' ||
    (typeof value === 'object' && value !== null && 'isKnown' in value)
  );
}

const standIn: provider.Provider = {
  version: schema.version,
  schema: JSON.stringify(schema),
  check: async (urn, _olds, news: object) => {
    const type = urn.split('::')[2]?.split('$').at(-1) ?? '';
    const resource = schema.resources[type];
    const failures =
      resource === undefined
        ? [{ property: type, reason: 'is no resource of this schema' }]
        : objectFailures(
            news,
            { properties: resource.inputProperties, required: resource.requiredInputs },
            '',
          );
    return { inputs: news, failures: [...failures] };
  },
};

await provider.main(standIn, process.argv.slice(3));
