import type { Diagnostic } from '../diagnostics/index.ts';

/** What the engine tells its host while it works. Hosts (the command line, a service) decide what to show. */
export type EngineMessage =
  | {
      readonly kind: 'progress';
      /** What is being done: `load`, `catalog`, `traffic`, or a stage of the optimizer. */
      readonly stage: string;
      readonly detail: string;
      readonly done: number;
      /** Zero when unknown. */
      readonly total: number;
      /** Share of the whole work that is done, 0..1, from which hosts tell the time left; absent where nobody knows. */
      readonly share?: number;
    }
  | { readonly kind: 'diagnostic'; readonly diagnostic: Diagnostic };

/** The surroundings a use case runs in. */
export interface EngineHost {
  /** Absolute folder that relative paths start from. */
  readonly workingDirectory: string;
  /** The day on which waivers are judged, ISO date. */
  readonly today: string;
  /** Receives messages; must not throw. */
  emit(message: EngineMessage): void;
  /** Seconds of a monotonic clock, for time limits and progress only; never written to artefacts. */
  elapsedSeconds(): number;
}

/**
 * Lets the host draw and take signals (Ctrl-C among them) between steps of a computation that would otherwise hold the thread.
 */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Sends a progress message: steps done, of how many, and the share of the whole work where it is known. */
export function progress(
  host: EngineHost,
  stage: string,
  detail: string,
  [done, total, share]: readonly [done: number, total: number, share?: number | undefined] = [0, 0],
): void {
  host.emit({ kind: 'progress', stage, detail, done, total, ...(share === undefined ? {} : { share }) });
}
