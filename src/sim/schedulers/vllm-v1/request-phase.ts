/**
 * Where a request stands. `JOINING`: its last prompt chunk is in flight, it generates from the next step on.
 * `STALLED`: it generates, but the present step had no budget left for it.
 */
export const WAITING = 0;
export const PREFILL = 1;
export const JOINING = 2;
export const DECODE = 3;
export const STALLED = 4;

/** Flags of a request: its prompt came from elsewhere; it has its last token but stays for one more step. */
export const TRANSFERRED = 1;
export const ENDED = 2;
