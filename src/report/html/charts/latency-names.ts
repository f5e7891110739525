/** What each latency is called where there is room for a word; the short name is the field's own. */
export const LATENCY_NAMES: Readonly<Record<string, string | undefined>> = {
  ttft: 'Time to first token (TTFT)',
  tpot: 'Time per output token (TPOT)',
  itl: 'Inter-token latency (ITL)',
  e2e: 'End-to-end latency',
  response: 'Response time',
};
