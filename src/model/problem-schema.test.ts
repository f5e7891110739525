import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { PUBLISHED_SCHEMAS, schemaText } from '../../scripts/schemas.ts';
import { validDocument } from '../../test/fixtures/problem-documents.ts';
import { PROBLEM_SCHEMA } from './index.ts';
import type { JsonSchema } from './index.ts';

/** Every schema within a schema, with the path of fields to it. */
function parts(schema: JsonSchema, at = ''): [string, JsonSchema][] {
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([name, item]) => parts(item, `${at}.${name}`)),
    ...(schema.items === undefined ? [] : [parts(schema.items, `${at}[]`)]),
  ];
  return [[at, schema], ...inner.flat()];
}

describe.each(Object.entries(PUBLISHED_SCHEMAS))('schemas/%s', (file, schema) => {
  it('is what `node scripts/schemas.ts` writes', () => {
    const committed = readFileSync(path.resolve(import.meta.dirname, '../../schemas', file), 'utf8');
    expect(committed).toBe(schemaText(schema));
  });

  it('is a valid draft-07 schema', () => {
    expect(new Ajv({ strict: false }).validateSchema({ ...schema })).toBe(true);
  });
});

describe('the problem schema', () => {
  it('accepts the valid document, alone, as an editor would use it', () => {
    const validate = new Ajv({ strict: false }).compile({ ...PROBLEM_SCHEMA });
    expect(validate(validDocument()), JSON.stringify(validate.errors)).toBe(true);
  });

  it('describes every field and closes every object', () => {
    const silent = parts(PROBLEM_SCHEMA)
      .filter(([at, { description = '' }]) => !at.endsWith(']') && description.length < 5)
      .map(([at]) => at);
    const open = parts(PROBLEM_SCHEMA)
      .filter(([, { type, additionalProperties }]) => type === 'object' && additionalProperties === undefined)
      .map(([at]) => at);
    expect({ silent, open }).toEqual({ silent: [], open: [] });
  });
});
