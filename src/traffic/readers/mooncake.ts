import { success } from '../../diagnostics/index.ts';
import { ArrivalClock } from './arrival-clock.ts';
import { findColumns } from './columns.ts';
import type { ColumnNames } from './columns.ts';
import { BlockNumbering } from './block-numbering.ts';
import { JsonRowParser, parseObject } from './json-rows.ts';
import type { TraceReader } from './reader.ts';

/** Tokens of one hashed prefix block (Mooncake trace description, FAST'25 release, 2025-02). */
export const MOONCAKE_BLOCK_TOKENS = 512;

const NAMES: ColumnNames = {
  arrival: ['timestamp'],
  isl: ['input_length'],
  osl: ['output_length'],
  cachedTokens: [],
};

/**
 * Mooncake traces (kvcache-ai/Mooncake): `timestamp` in milliseconds, `input_length`, `output_length`, `hash_ids`.
 * Each id stands for a block of 512 tokens *and all before it*, so equal ids mean equal prefixes. `cachedTokens` is what an
 * unbounded cache, filled in file order, would hold: leading ids seen before × 512, at most `isl − 1`. The ids themselves
 * become `prefixBlocks`, renumbered densely; the last block of a prompt may be cut short.
 */
export const mooncakeReader: TraceReader = {
  format: 'mooncake',
  description: 'Mooncake JSONL: timestamp (ms), input_length, output_length, hash_ids',
  recognises: (firstLine) => {
    const object = parseObject(firstLine) ?? {};
    return ['timestamp', 'input_length', 'output_length', 'hash_ids'].every((key) => key in object);
  },
  open: (firstLine, context) => {
    const present = Object.keys(parseObject(firstLine) ?? {});
    const columns = findColumns(NAMES, present, { ...context, columns: {} });
    if (!columns.ok) return columns;
    const numbering = new BlockNumbering();
    return success(
      new JsonRowParser(columns.value, new ArrivalClock('milliseconds', 'timestamp'), (object, row) => {
        const ids = object['hash_ids'] ?? [];
        if (!isListOfNumbers(ids)) return '"hash_ids" holds something else, expected a list of numbers';
        row.cachedTokens = Math.min(numbering.known(ids) * MOONCAKE_BLOCK_TOKENS, row.isl - 1);
        row.blockTokens = MOONCAKE_BLOCK_TOKENS;
        row.prefixBlocks = numbering.number(ids);
        return undefined;
      }),
    );
  },
};

function isListOfNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number');
}
