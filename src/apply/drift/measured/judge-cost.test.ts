import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plannedChat } from '../testing/metric-world.ts';
import { judgeCost, totalCostFigure } from './judge-cost.ts';
import { readOpenCost } from './opencost.ts';

const WINDOW = { start: '2026-11-16T00:00:00Z', end: '2026-11-17T00:00:00Z' };
const PLANNED = [plannedChat()];

/** A day of one pod of chat: four accelerators at 2.5 dollars an hour, as planned, unless told otherwise. */
function day(factors: { price?: number; accelerators?: number } = {}, properties: object = {}) {
  const gpuHours = 24 * (factors.accelerators ?? 4);
  return {
    name: 'x',
    window: WINDOW,
    properties: { namespace: 'llm', pod: 'chat-a-7c9d-xkq2p', ...properties },
    gpuHours,
    cpuCoreHours: 24,
    totalCost: gpuHours * 2.5 * (factors.price ?? 1),
  };
}

function moved(...days: readonly object[]) {
  const data = days.map((item, index) => ({ [`a${String(index)}`]: item }));
  const report = readOpenCost({ code: 200, data }, PLANNED);
  if (report === undefined) throw new Error('not read');
  return { report, ...judgeCost(PLANNED, report, { relative: 0.2 }) };
}

describe('costs of an OpenCost export', () => {
  it('as planned have moved nowhere', () => {
    const found = moved(day(), day());
    expect(found.report.hours).toBe(48);
    expect(found.moved).toEqual([]);
    expect(found.figures.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'cost within',
      'price of one accelerator an hour within',
      'accelerators in use, mean within',
    ]);
  });

  it('tell a price from hours used', () => {
    expect(moved(day({ price: 1.3 })).moved.map(({ statement }) => statement)).toEqual([
      'Price of one accelerator up 30 %: 3.25 USD/hour, planned 2.5 USD/hour.',
    ]);
    expect(moved(day({ accelerators: 6 })).moved.map(({ statement }) => statement)).toEqual([
      'Accelerators in use up 50 %: 6 accelerators, planned 4 accelerators.',
    ]);
    expect(moved(day({ accelerators: 8, price: 0.5 })).moved.map(({ assumption }) => assumption)).toEqual([
      'price',
      'usage',
    ]);
  });

  it('name the larger part where only the product is beyond the tolerance', () => {
    const found = moved(day({ price: 1.18, accelerators: 4.4 }));
    expect(found.moved.map(({ assumption }) => assumption)).toEqual(['price']);
  });

  it.each<[string, object]>([
    ['label', { pod: undefined, labels: { plimsoll_dev_workload: 'chat' } }],
    ['label as written', { pod: undefined, labels: { 'plimsoll.dev/workload': 'chat' } }],
    ['pod', {}],
    ['controller', { pod: undefined, controller: 'chat-a' }],
  ])('belong to a workload by %s', (_, properties) => {
    expect(moved(day({}, properties)).missing).toEqual([]);
  });

  it.each<[string, object]>([
    ['of another namespace', { namespace: 'other' }],
    ['of a pod with a longer name', { pod: 'chat-a-eu-7c9d-xkq2p' }],
    ['of another workload', { labels: { plimsoll_dev_workload: 'other' } }],
  ])('%s are not guessed to be its own', (_, properties) => {
    const found = moved(day({}, properties));
    expect(found.missing).toEqual(['chat']);
    expect(found.report.others.cost).toBeGreaterThan(0);
  });

  it('keep idle nodes apart', () => {
    const report = readOpenCost(
      [{ a: day(), __idle__: { name: '__idle__', window: WINDOW, totalCost: 24 } }],
      PLANNED,
    )!;
    expect(report.idle?.cost).toBe(24);
    expect(totalCostFigure(8000, report)?.measured.value).toBeCloseTo(8030, 6);
    expect(totalCostFigure(8000, { ...report, idle: undefined } as never)).toBeUndefined();
  });

  it('of any content are read or refused, and never a crash (property)', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const item = fc.record({
      name: value,
      properties: value,
      window: value,
      totalCost: value,
      gpuHours: value,
    });
    const sets = fc.array(fc.dictionary(fc.string(), fc.oneof(value, item)));
    fc.assert(
      fc.property(fc.oneof(value, fc.record({ data: sets })), (content) => {
        const report = readOpenCost(content, PLANNED);
        expect(report === undefined || report.hours > 0).toBe(true);
      }),
    );
  });

  it.each([
    [null],
    [{}],
    [{ data: [] }],
    [{ data: 'x' }],
    [{ data: [{ a: 1 }] }],
    [{ data: [{ a: { totalCost: 1 } }] }],
  ])('are refused where the file has another layout: %j', (value) => {
    expect(readOpenCost(value, PLANNED)).toBeUndefined();
  });
});
