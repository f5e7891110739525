import { plainName } from './columns.ts';
import type { ColumnNames } from './columns.ts';
import { headerNames, openCsv } from './csv-table.ts';
import type { TraceReader } from './reader.ts';

/**
 * Header names of the Azure LLM inference traces: the published layout (`TIMESTAMP,ContextTokens,GeneratedTokens`, dates)
 * and the rebased one (`t_seconds,context_tokens,generated_tokens`).
 */
const NAMES: ColumnNames = {
  arrival: ['TIMESTAMP', 't_seconds'],
  isl: ['ContextTokens'],
  osl: ['GeneratedTokens'],
  cachedTokens: [],
};

/** Azure LLM inference trace 2023 (Azure/AzurePublicDataset, `AzureLLMInferenceDataset2023.md`). */
export const azureLlmReader: TraceReader = {
  format: 'azure-llm',
  description: 'Azure LLM 2023 CSV: TIMESTAMP,ContextTokens,GeneratedTokens',
  recognises: (firstLine) => {
    const names = headerNames(firstLine).map(plainName);
    return names.includes('contexttokens') && names.includes('generatedtokens');
  },
  open: (firstLine, context) => openCsv({ names: NAMES }, firstLine, { ...context, columns: {} }),
};
