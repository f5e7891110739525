import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import fleet from '../examples/chat/stack.ts';
import { normalizeDocument, parseProblem } from '../src/model/index.ts';
import type { ProblemDocument } from '../src/model/index.ts';
import { Fleet, compileFleet } from '../src/constructs/index.ts';

const YAML = path.resolve(import.meta.dirname, '../examples/chat/problem.yaml');

describe('examples/chat', () => {
  const yaml = parse(readFileSync(YAML, 'utf8')) as ProblemDocument;

  it('says the same in TypeScript and in YAML', () => {
    expect(Fleet.isFleet(fleet)).toBe(true);
    const compiled = compileFleet(fleet);
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics));
    expect(JSON.stringify(normalizeDocument(compiled.value.document))).toBe(
      JSON.stringify(normalizeDocument(yaml)),
    );
  });

  it('is valid, without as much as a warning', () => {
    expect(parseProblem(yaml)).toMatchObject({ ok: true, diagnostics: [] });
  });

  it('asks what the tutorial says: p99 TTFT 1.5 s, p99 TPOT 60 ms, 99.9 % on three pools', () => {
    const outcome = parseProblem(yaml);
    const problem = outcome.ok ? outcome.value : undefined;
    expect(problem?.workloads[0]?.slo).toMatchObject({
      limits: [
        { metric: 'tpot', percentile: 'p99', limit: 0.06 },
        { metric: 'ttft', percentile: 'p99', limit: 1.5 },
      ],
      availability: 0.999,
    });
    expect(problem?.pools.map(({ instanceType }) => instanceType)).toEqual([
      'p4de.24xlarge',
      'p5.48xlarge',
      'g6e.12xlarge',
    ]);
  });
});
