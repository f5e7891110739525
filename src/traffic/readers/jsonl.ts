import { success } from '../../diagnostics/index.ts';
import { ArrivalClock } from './arrival-clock.ts';
import { USUAL_NAMES, findColumns, plainName } from './columns.ts';
import { JsonRowParser, parseObject, tokensOf } from './json-rows.ts';
import type { ReadPrefix } from './json-rows.ts';
import type { TraceReader } from './reader.ts';

/** One JSON object per line; keys are stated or found under their usual names in the first object. */
export const jsonlReader: TraceReader = {
  format: 'jsonl',
  description: 'JSONL: one object per line with arrival time, input tokens and output tokens',
  recognises: (firstLine) => {
    const names = new Set(Object.keys(parseObject(firstLine) ?? {}).map(plainName));
    return [USUAL_NAMES.isl, USUAL_NAMES.osl].some((usual) =>
      usual.some((name) => names.has(plainName(name))),
    );
  },
  open: (firstLine, context) => {
    const columns = findColumns(USUAL_NAMES, Object.keys(parseObject(firstLine) ?? {}), context);
    if (!columns.ok) return columns;
    const clock = new ArrivalClock(context.columns.arrivalUnit, columns.value.arrival ?? '');
    return success(new JsonRowParser(columns.value, clock, cachedColumn(columns.value.cachedTokens)));
  },
};

function cachedColumn(name: string | undefined): ReadPrefix {
  if (name === undefined) return () => undefined;
  return (object, row) => {
    row.cachedTokens = tokensOf(object[name] ?? 0);
    return row.cachedTokens >= 0
      ? undefined
      : `"${name}" is ${JSON.stringify(object[name])}, expected a whole number ≥ 0`;
  };
}
