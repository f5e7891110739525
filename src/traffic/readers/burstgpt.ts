import { plainName } from './columns.ts';
import type { ColumnNames } from './columns.ts';
import { headerNames, openCsv } from './csv-table.ts';
import type { TraceReader } from './reader.ts';

const NAMES: ColumnNames = {
  arrival: ['Timestamp'],
  isl: ['Request tokens'],
  osl: ['Response tokens'],
  cachedTokens: [],
};

/**
 * BurstGPT (HPMLL/BurstGPT): `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type`, seconds since the
 * start of measurement. Zero response tokens mark a failed request.
 */
export const burstGptReader: TraceReader = {
  format: 'burstgpt',
  description: 'BurstGPT CSV: Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type',
  recognises: (firstLine) => {
    const names = headerNames(firstLine).map(plainName);
    return names.includes('requesttokens') && names.includes('responsetokens') && names.includes('timestamp');
  },
  open: (firstLine, context) => openCsv({ names: NAMES }, firstLine, { ...context, columns: {} }),
};
