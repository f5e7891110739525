import { writeFileSync } from 'node:fs';
import { packageSchema } from './package-schema.ts';
import type { SchemaRequest } from './package-schema.ts';

/* Writes the schema of some resources: `node schema-file.ts <file> <request as JSON>`. */
const [file = '', request = '{}'] = process.argv.slice(2);
writeFileSync(file, JSON.stringify(packageSchema(JSON.parse(request) as SchemaRequest)));
