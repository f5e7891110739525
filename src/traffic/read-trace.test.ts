import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { readTrace } from './read-trace.ts';
import { chunksFrom, chunksOf } from './testing/chunks.ts';

const HEADER = 't_seconds,context_tokens,generated_tokens\n';

function* rowsUpTo(lines: number, brokenLine = 0): Generator<string> {
  yield HEADER;
  let text = '';
  for (let line = 2; line <= lines; line++) {
    text +=
      line === brokenLine
        ? `${line / 10},12x,7\n`
        : `${line / 10},${1 + (line % 4000)},${1 + (line % 300)}\n`;
    if (line % 5000 === 0 || line === lines) {
      yield text;
      text = '';
    }
  }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

describe('readTrace', () => {
  it('reports broken line 1,000,001 as line 1000001, with what was read and what was expected', async () => {
    const trace = await readTrace(chunksFrom(rowsUpTo(1_000_100, 1_000_001)), {
      fileName: 'big.csv',
      format: 'auto',
    });
    expect(trace.ok).toBe(false);
    expect(trace.diagnostics).toHaveLength(1);
    expect(trace.diagnostics[0]).toMatchObject({
      code: 'traffic-broken-line',
      severity: 'error',
      source: { file: 'big.csv', line: 1_000_001 },
    });
    expect(trace.diagnostics[0]?.summary).toContain('"context_tokens" is "12x", expected a whole number ≥ 1');
    expect(trace.diagnostics[0]?.fix).toBeDefined();
  });

  it('keeps nothing per row but its numbers: a million rows leave 20 MB and a heap as small as before', async () => {
    const collect = garbageCollector();
    collect();
    const before = process.memoryUsage().heapUsed;
    const trace = await readTrace(chunksFrom(rowsUpTo(1_000_001)), { fileName: 'big.csv', format: 'auto' });
    const columns: (Float64Array | Int32Array)[] = trace.ok ? Object.values(trace.value) : [];
    expect(columns.map((column) => column.length)).toEqual(Array(4).fill(1_000_000));
    expect(columns.reduce((sum, column) => sum + column.buffer.byteLength, 0)).toBe(20_000_000);
    collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(4e6);
  });

  it('skips broken lines when asked, shows the first five and counts the rest', async () => {
    const text = HEADER + Array.from({ length: 20 }, (_, i) => (i % 2 ? `${i},5,6\n` : `${i},5\n`)).join('');
    const trace = await readTrace(chunksOf(text), { fileName: 't', format: 'auto', onBrokenLine: 'skip' });
    expect(trace.ok && trace.value.isl.length).toBe(10);
    expect(trace.diagnostics.map((item) => item.source?.line)).toEqual([2, 4, 6, 8, 10, undefined]);
    expect(new Set(trace.diagnostics.map((item) => `${item.code} ${item.severity}`))).toEqual(
      new Set(['traffic-broken-line warning']),
    );
    expect(trace.diagnostics.at(-1)?.summary).toMatch(/^10 lines .* 5 more/);
  });

  it('stops after five broken lines when they are not skipped', async () => {
    let chunksRead = 0;
    const endless = function* (): Generator<string> {
      yield HEADER;
      for (;;) {
        chunksRead++;
        yield 'x\n';
      }
    };
    const trace = await readTrace(chunksFrom(endless()), { fileName: 't', format: 'auto' });
    expect(trace.diagnostics.map((item) => item.source?.line)).toEqual([2, 3, 4, 5, 6]);
    expect(chunksRead).toBe(5);
  });

  it('names every missing column at once', async () => {
    const trace = await readTrace(chunksOf('a,b\n1,2\n'), { fileName: 't', format: 'csv' });
    expect(trace.diagnostics.map((item) => item.code)).toEqual(Array(3).fill('traffic-missing-column'));
  });

  it('says which layouts it knows when it recognises none, and that compressed bytes must be unpacked', async () => {
    const unknown = await readTrace(chunksOf('name,age\nx,3\n'), { fileName: 't', format: 'auto' });
    expect(unknown.diagnostics.map((item) => item.code)).toEqual(['traffic-unknown-format']);
    expect(unknown.diagnostics[0]?.detail).toContain('mooncake');
    const gzip = (async function* () {
      await Promise.resolve();
      yield new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 10]);
    })();
    const packed = await readTrace(gzip, { fileName: 't', format: 'auto' });
    expect(packed.diagnostics[0]?.code).toBe('traffic-unknown-format');
    expect(packed.diagnostics[0]?.fix).toContain('compressed');
  });

  it('calls a file without any line empty', async () => {
    const trace = await readTrace(chunksOf(''), { fileName: 't', format: 'auto' });
    expect(trace.diagnostics.map((item) => item.code)).toEqual(['traffic-empty']);
  });

  it('knows the hour of the week from dates and from seconds or milliseconds since 1970', async () => {
    // 2023-11-16 was a Thursday: 3 days and 18.5 hours after Monday 00:00.
    const start = Date.UTC(2023, 10, 16, 18, 30);
    for (const first of ['2023-11-16 18:30:00', String(start / 1e3), String(start)]) {
      const trace = await readTrace(chunksOf(`arrival,isl,osl\n${first},3,4\n`), {
        fileName: 't',
        format: 'csv',
      });
      expect(trace.ok && trace.value.startHourOfWeek).toBeCloseTo(90.5, 9);
    }
    const unknown = await readTrace(chunksOf('arrival,isl,osl\n12,3,4\n'), { fileName: 't', format: 'csv' });
    expect(unknown.ok && 'startHourOfWeek' in unknown.value).toBe(false);
  });

  it('keeps sub-millisecond gaps of dates', async () => {
    const text =
      'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,3,4\n2023-11-16 18:17:04.0319569,3,4\n';
    const trace = await readTrace(chunksOf(text), { fileName: 't', format: 'auto' });
    expect(trace.ok && trace.value.arrival[1]).toBeCloseTo(0.0519969, 9);
  });

  it('reads lengths alone when the arrival column is stated to be absent', async () => {
    const text = 'num_prefill_tokens,num_decode_tokens\n10.0,20\n30,40\n';
    const trace = await readTrace(chunksOf(text), {
      fileName: 't',
      format: 'csv',
      columns: { arrival: null },
    });
    expect(trace.ok && [...trace.value.arrival, ...trace.value.isl]).toEqual([0, 0, 10, 30]);
  });

  it('holds cached tokens of a stated column to one less than the prompt', async () => {
    const text = 'arrival,isl,osl,hit\n0,10,1,4\n1,10,1,10\n';
    const trace = await readTrace(chunksOf(text), {
      fileName: 't',
      format: 'csv',
      columns: { cachedTokens: 'hit' },
    });
    expect(trace.ok && [...trace.value.cachedTokens]).toEqual([4, 9]);
  });
});
