import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CATALOG_FILE_SCHEMA, PROBLEM_SCHEMA } from '../src/model/index.ts';
import { PLAN_SCHEMA } from '../src/plan/index.ts';
import { PACK_SCHEMA } from '../src/policy/index.ts';

/** Published schemas by file name under `schemas/`; written by `node scripts/schemas.ts`, checked by a test. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, object>> = {
  'problem.schema.json': PROBLEM_SCHEMA,
  'catalog.schema.json': CATALOG_FILE_SCHEMA,
  'plan.schema.json': PLAN_SCHEMA,
  'policy-pack.schema.json': PACK_SCHEMA,
};

/** The text of a schema file. */
export function schemaText(schema: object): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (import.meta.main) {
  const folder = path.resolve(import.meta.dirname, '../schemas');
  mkdirSync(folder, { recursive: true });
  for (const [file, schema] of Object.entries(PUBLISHED_SCHEMAS)) {
    writeFileSync(path.join(folder, file), schemaText(schema));
  }
}
