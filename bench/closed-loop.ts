/** Step times as the engine simulation takes them; a subset of `StepTimeModel`. */
export interface Steps {
  stepTime(prefill: number, attended: number, sequences: number, cached: number): number;
  decodeRun(sequences: number, cached: number, steps: number): number;
  readonly kvBlocks: number;
  readonly blockTokens: number;
  readonly ingest: { readonly base: number; readonly perInputToken: number };
  readonly outputLatency: number;
}

/** A benchmark run with a fixed number of requests in flight on one attention data-parallel rank. */
export interface ClosedLoop {
  readonly concurrency: number;
  readonly isl: number;
  readonly osl: number;
  /** Lengths are uniform between these multiples of the nominal ones. */
  readonly spread: readonly [low: number, high: number];
  /** Requests in all, in multiples of the concurrency. */
  readonly rounds: number;
  readonly maxBatchedTokens: number;
}

/** Means over requests, seconds. */
export interface ClosedLoopResult {
  readonly ttft: number;
  readonly tpot: number;
}

interface Sequence {
  readonly isl: number;
  readonly osl: number;
  readonly sent: number;
  readonly ready: number;
  computed: number;
  generated: number;
  first: number;
}

/**
 * Runs a closed loop on a step model: decodes first, prompts chunked into the rest of the token budget, first come
 * first served, admission while the KV cache holds the whole sequence. Runs of pure decode are jumped.
 * Lengths come from an additive sequence with steps 1/ρ and 1/ρ² (ρ the plastic number): evenly spread over pairs, repeatable.
 */
export function runClosedLoop(steps: Steps, loop: ClosedLoop): ClosedLoopResult {
  const total = Math.max(loop.concurrency * loop.rounds, 2);
  const capacity = steps.kvBlocks * steps.blockTokens;
  const ttft: number[] = [];
  const tpot: number[] = [];
  const waiting: Sequence[] = [];
  let prefilling: Sequence[] = [];
  let decoding: Sequence[] = [];
  let sent = 0;
  let now = 0;
  let reserved = 0;
  const send = (): void => {
    if (sent >= total) return;
    const [low, high] = loop.spread;
    const spread = (step: number): number => low + (high - low) * (((sent + 1) * step) % 1);
    const isl = Math.max(1, Math.round(loop.isl * spread(0.754_877_666)));
    const osl = Math.max(2, Math.round(loop.osl * spread(0.569_840_291)));
    const ready = now + steps.ingest.base + steps.ingest.perInputToken * isl;
    waiting.push({ isl, osl, sent: now, ready, computed: 0, generated: 0, first: 0 });
    sent += 1;
  };
  for (let i = 0; i < loop.concurrency; i++) send();
  while (waiting.length + prefilling.length + decoding.length > 0) {
    let budget = loop.maxBatchedTokens - decoding.length;
    let cached = 0;
    for (const s of decoding) cached += s.isl + s.generated;
    let prefill = 0;
    let attended = 0;
    const run = (s: Sequence): void => {
      const chunk = Math.min(s.isl - s.computed, budget);
      if (chunk <= 0) return;
      attended += chunk * (s.computed + chunk / 2);
      s.computed += chunk;
      budget -= chunk;
      prefill += chunk;
    };
    for (const s of prefilling) run(s);
    while (budget > 0) {
      const head = waiting[0];
      if (head === undefined || head.ready > now) break;
      if (reserved > 0 && reserved + head.isl + head.osl > capacity) break;
      waiting.shift();
      reserved += head.isl + head.osl;
      prefilling.push(head);
      run(head);
    }
    const batch = decoding.length;
    if (prefill === 0 && batch === 0) {
      now = Math.max(now, waiting[0]?.ready ?? now);
      continue;
    }
    let count = 1;
    let duration: number;
    if (prefill === 0) {
      count = Infinity;
      for (const s of decoding) count = Math.min(count, s.osl - s.generated);
      const next = waiting[0]?.ready ?? Infinity;
      const step = steps.stepTime(0, 0, batch, cached);
      if (next !== Infinity && reserved + (waiting[0]?.isl ?? 0) + (waiting[0]?.osl ?? 0) <= capacity)
        count = Math.max(1, Math.min(count, Math.ceil((next - now) / step)));
      duration = steps.decodeRun(batch, cached, count);
    } else duration = steps.stepTime(prefill, attended, batch, cached);
    now += duration;
    const survivors: Sequence[] = [];
    for (const s of decoding) {
      s.generated += count;
      if (s.generated < s.osl) survivors.push(s);
      else {
        reserved -= s.isl + s.osl;
        tpot.push((now - s.first) / (s.osl - 1));
        send();
      }
    }
    const unfinished: Sequence[] = [];
    for (const s of prefilling) {
      if (s.computed < s.isl) unfinished.push(s);
      else {
        s.first = now;
        s.generated = 1;
        ttft.push(now - s.sent + steps.outputLatency);
        survivors.push(s);
      }
    }
    decoding = survivors;
    prefilling = unfinished;
  }
  return { ttft: mean(ttft), tpot: mean(tpot) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
