import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import fleet from '../examples/shop/stack.ts';
import { expandMixes, resolveOfferings, shippedCatalog } from '../src/catalog/index.ts';
import { compileFleet } from '../src/constructs/index.ts';
import { normalizeDocument, parseProblem } from '../src/model/index.ts';
import type { ProblemDocument } from '../src/model/index.ts';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

describe('examples/shop', () => {
  const yaml = parse(read('examples/shop/problem.yaml')) as ProblemDocument;

  it('says the same in TypeScript and in YAML', () => {
    const compiled = compileFleet(fleet);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
    expect(JSON.stringify(normalizeDocument(compiled.value.document))).toBe(
      JSON.stringify(normalizeDocument(yaml)),
    );
  });

  it('is valid, without as much as a warning', () => {
    expect(parseProblem(yaml)).toMatchObject({ ok: true, diagnostics: [] });
  });

  it('has offerings of both architectures, on demand and spot', () => {
    const problem = parseProblem(yaml);
    const catalog = shippedCatalog();
    const expanded = problem.ok ? expandMixes(problem.value, catalog) : problem;
    const offerings = expanded.ok ? resolveOfferings(expanded.value, catalog) : expanded;
    if (!offerings.ok) throw new Error(JSON.stringify(offerings.diagnostics));
    const kinds = offerings.value.map(
      ({ instanceType, capacityType }) => `${instanceType.cpuArchitecture} ${capacityType}`,
    );
    expect([...new Set(kinds)].sort()).toEqual([
      'amd64 on-demand',
      'amd64 spot',
      'arm64 on-demand',
      'arm64 spot',
    ]);
  });

  it('stands in the documentation word for word', () => {
    const page = read('docs/services.md');
    expect(page).toContain(read('examples/shop/stack.ts'));
    expect(page).toContain(read('examples/shop/problem.yaml'));
  });
});
