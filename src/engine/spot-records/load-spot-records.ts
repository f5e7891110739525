import path from 'node:path';
import { failure, success } from '../../diagnostics/index.ts';
import type { Outcome } from '../../diagnostics/index.ts';
import type { SpotDocument } from '../../model/index.ts';
import { readAvailabilityTraces, readPriceHistories } from '../../spot/index.ts';
import type { AvailabilityTrace, PriceHistory } from '../../spot/index.ts';
import { displayPath } from '../files.ts';
import type { EngineHost } from '../messages.ts';
import type { TraceMapping } from './match-traces.ts';
import { readRecordText } from './read-record-file.ts';

/** What a stack brings along about spot capacity over time. */
export interface SpotRecords {
  /** In the order of the files' names, then by id. */
  readonly traces: readonly AvailabilityTrace[];
  readonly histories: readonly PriceHistory[];
  /** Sorted by trace. */
  readonly mappings: readonly TraceMapping[];
}

/**
 * Reads the records of spot capacity that a document names; anything else in their place is for the schema to refuse. Undefined where it names none.
 * Errors: `engine-file-*`, `spot-trace-*`, `spot-price-*`, those of all files together. Warnings: `spot-trace-gap`, `spot-trace-column`, `spot-price-zero`.
 */
export async function loadSpotRecords(
  document: unknown,
  { folder, host }: { readonly folder: string; readonly host: EngineHost },
): Promise<Outcome<SpotRecords | undefined>> {
  const spot = (document as { spot?: Partial<Record<keyof SpotDocument, unknown>> } | null)?.spot;
  if (typeof spot !== 'object' || spot === null) return success(undefined);
  const availability = texts(spot.availability);
  const prices = texts(spot.prices);
  const mappings = Object.entries((spot.map ?? {}) as Record<string, unknown>)
    .flatMap(([trace, offering]) => (typeof offering === 'string' ? [{ trace, offering }] : []))
    .sort((a, b) => (a.trace < b.trace ? -1 : 1));
  if (availability.length + prices.length + mappings.length === 0) return success(undefined);
  const readAll = <T>(
    names: readonly string[],
    read: (text: string, options: { fileName: string; source: string }) => Outcome<readonly T[]>,
  ): Promise<Outcome<readonly T[]>[]> =>
    Promise.all(
      names.map(async (name) => {
        const absolute = path.resolve(folder, name);
        const text = await readRecordText(absolute, host);
        const fileName = displayPath(absolute, host.workingDirectory);
        return text.ok ? read(text.value, { fileName, source: path.basename(name) }) : text;
      }),
    );
  const traces = await readAll(availability, readAvailabilityTraces);
  const histories = await readAll(prices, readPriceHistories);
  const outcomes = [...traces, ...histories];
  const diagnostics = outcomes.flatMap((outcome) => outcome.diagnostics);
  if (outcomes.some((outcome) => !outcome.ok)) return failure(...diagnostics);
  const records = {
    traces: traces.flatMap((outcome) => (outcome.ok ? outcome.value : [])),
    histories: histories.flatMap((outcome) => (outcome.ok ? outcome.value : [])),
    mappings,
  };
  return success(records, diagnostics);
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string').sort() : [];
}
