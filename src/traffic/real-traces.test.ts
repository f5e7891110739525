import { createReadStream, existsSync } from 'node:fs';
import path from 'node:path';
import { createGunzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ArrivalProfile } from '../model/index.ts';
import { fitProfile } from './fit-profile.ts';
import { quantileAt } from './quantiles.ts';
import { readTrace } from './read-trace.ts';
import { sampleShape } from './sample.ts';
import { findProfile } from './shipped.ts';
import type { Trace } from './trace.ts';

const DATA = path.resolve(import.meta.dirname, '../../../shared/data/llm');
const isAbsent = !existsSync(DATA);
if (isAbsent) console.warn(`Traces are absent (${DATA}); tests that need them are skipped.`);

async function read(file: string): Promise<Trace> {
  const bytes = createReadStream(path.join(DATA, file)).pipe(createGunzip());
  const trace = await readTrace(bytes, { fileName: file, format: 'auto' });
  if (!trace.ok) throw new Error(trace.diagnostics.map((item) => item.summary).join('\n'));
  return trace.value;
}

function fit(trace: Trace, name: string): ArrivalProfile {
  const profile = fitProfile(trace, { name, provenance: { evidence: 'measured', source: name } });
  if (!profile.ok) throw new Error(name);
  return profile.value;
}

const meanOf = (values: Int32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.skipIf(isAbsent)('the Azure conversation trace of 2023 (first half)', () => {
  it('has the published rate, CV and lengths of the whole hour within 12 %', async () => {
    const trace = await read('azure-llm-2023-conv.csv.gz');
    const isl = trace.isl.toSorted();
    const osl = trace.osl.toSorted();
    const { cv } = fit(trace, 'azure').arrivals;
    // Whole trace: 5.5/s, CV 1.09, input 1,155 / 1,020 / 4,142, output 211 / 129 / 601 (mean / p50 / p99).
    const ratios = [
      trace.arrival.length / (trace.arrival.at(-1) ?? 0) / 5.5,
      cv / 1.09,
      meanOf(isl) / 1155,
      quantileAt(isl, 0.5) / 1020,
      quantileAt(isl, 0.99) / 4142,
      meanOf(osl) / 211,
      quantileAt(osl, 0.5) / 129,
      quantileAt(osl, 0.99) / 601,
    ];
    for (const ratio of ratios) expect(Math.abs(ratio - 1)).toBeLessThan(0.12);
  });
});

describe.skipIf(isAbsent)('the Mooncake conversation trace (first half)', () => {
  it('finds about the published 37 % of its input tokens in an unbounded prefix cache', async () => {
    const trace = await read('mooncake-conversation.jsonl.gz');
    const hitRate = meanOf(trace.cachedTokens) / meanOf(trace.isl);
    expect(Math.abs(hitRate - 0.37)).toBeLessThan(0.05);
  });
});

describe.skipIf(isAbsent).each([
  ['azure-llm-2023-conv.csv.gz', 'azure-llm-2023-conversation'],
  ['azure-llm-2023-code.csv.gz', 'azure-llm-2023-code'],
  ['mooncake-conversation.jsonl.gz', 'mooncake-conversation'],
  ['mooncake-synthetic.jsonl.gz', 'mooncake-synthetic'],
] as const)('a profile fitted to %s', (file, name) => {
  it('gives samples with its mean within 3 %, p50 within 5 % and p99 within 8 %', async () => {
    const trace = await read(file);
    const sample = sampleShape(fit(trace, name), { count: 100_000, seed: 1, name: 'goodness' });
    for (const column of ['isl', 'osl'] as const) {
      const given = trace[column].toSorted();
      const drawn = sample[column].toSorted();
      expect(Math.abs(meanOf(drawn) / meanOf(given) - 1)).toBeLessThan(0.03);
      expect(Math.abs(quantileAt(drawn, 0.5) / quantileAt(given, 0.5) - 1)).toBeLessThan(0.05);
      expect(Math.abs(quantileAt(drawn, 0.99) / quantileAt(given, 0.99) - 1)).toBeLessThan(0.08);
    }
    const hitRate = meanOf(trace.cachedTokens) / meanOf(trace.isl);
    expect(Math.abs(meanOf(sample.cachedTokens) / meanOf(sample.isl) - hitRate)).toBeLessThan(0.02);
  });

  it('is the shipped one', async () => {
    const again = fit(await read(file), name);
    const shipped = findProfile(name);
    expect(shipped.ok && { ...shipped.value, provenance: again.provenance }).toEqual(again);
  });
});
