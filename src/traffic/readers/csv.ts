import { USUAL_NAMES, plainName } from './columns.ts';
import { headerNames, openCsv } from './csv-table.ts';
import type { TraceReader } from './reader.ts';

/** CSV with a header; columns are stated or found under their usual names. Separator: comma, tab, semicolon or bar. */
export const csvReader: TraceReader = {
  format: 'csv',
  description: 'CSV with a header that names arrival times, input tokens and output tokens',
  recognises: (firstLine) => {
    if (firstLine.trimStart().startsWith('{')) return false;
    const names = new Set(headerNames(firstLine).map(plainName));
    return [USUAL_NAMES.isl, USUAL_NAMES.osl].some((usual) =>
      usual.some((name) => names.has(plainName(name))),
    );
  },
  open: (firstLine, context) => openCsv({ names: USUAL_NAMES }, firstLine, context),
};
