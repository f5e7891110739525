import type { Rejection } from '../../model/index.ts';
import { CountedCrew } from '../capacity/counted-crew.ts';
import type { MeasuringWork } from '../capacity/counted-crew.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import type { Measured } from '../capacity/measure.ts';
import type { LoadReading } from '../capacity/replica-probe.ts';
import type { BenchTask, LoadFound } from '../capacity/task.ts';
import type { Contender } from './contenders.ts';
import type { RaceEffort } from './effort.ts';
import type { RaceUnits } from './reasons.ts';

/** How a race is run. */
export interface RaceOptions {
  readonly crew: MeasuringCrew;
  readonly effort: RaceEffort;
  /** Requests of the longest runs. */
  readonly longest: number;
  readonly unit: RaceUnits;
  /** Load that whole replicas must carry together, in the unit of loads; absent: any. */
  readonly demand?: number;
  /** Whether the time is up: no further round is begun. */
  isOver(): boolean;
  /** Told before each wave; `share` of the race that is done, 0..1. */
  onWave(stage: RaceStage, share: number): Promise<void>;
}

/** Rounds of short runs, and the longest ones. */
export type RaceStage = 'race' | 'measure';

/** A contender at a load. */
export interface TrialRun {
  readonly contender: Contender;
  readonly load: number;
}

/** Tasks handed to the crew at once; the same for crews of every size, so that time limits cut at the same places. */
const WAVE = 16;
/** Tasks of a lane in an average race; for progress only (*assumed*). */
const EXPECTED_TASKS_PER_LANE = 60;

/** Where a race is run: performs its runs in waves, counts them, and keeps who is out and why. */
export class Track {
  readonly options: RaceOptions;
  readonly #lanes: number;
  readonly #rejected = new Map<string, Rejection>();
  readonly #failed = new Map<string, Measured>();
  readonly #crew: CountedCrew;
  #waves = 0;
  #wasCut = false;

  constructor(options: RaceOptions, lanes: number) {
    this.options = options;
    this.#crew = new CountedCrew(options.crew);
    this.#lanes = lanes;
  }

  /** Whether the time is up; remembered, as something is then left out. */
  isCut(): boolean {
    this.#wasCut ||= this.options.isOver();
    return this.#wasCut;
  }

  /** Whether `isCut` was ever true. */
  get wasCut(): boolean {
    return this.#wasCut;
  }

  get work(): MeasuringWork {
    return this.#crew.work;
  }

  /** Rejections by shape or candidate id. */
  get rejected(): ReadonlyMap<string, Rejection> {
    return this.#rejected;
  }

  /** Shapes without capacity, by id, each with its reading at the lowest load tried. */
  get failed(): ReadonlyMap<string, Measured> {
    return this.#failed;
  }

  reject(rejection: Rejection): void {
    this.#rejected.set(rejection.candidate, rejection);
  }

  fail(measured: Measured): void {
    this.#failed.set(measured.shape.id, measured);
  }

  /** The largest load that each contender carries, from `starts` on where given. */
  async find(
    contenders: readonly Contender[],
    run: { readonly count: number; readonly tolerance: number; readonly starts?: readonly number[] },
    stage: RaceStage = 'race',
  ): Promise<readonly Measured[]> {
    const answers = await this.#perform(
      contenders.map(({ shape, batch }, index) => {
        const start = run.starts?.[index];
        const args = { shape, batch, count: run.count, tolerance: run.tolerance };
        return { method: 'find', args: start === undefined ? args : { ...args, start } } as const;
      }),
      stage,
    );
    return contenders.map(({ shape, batch }, index) => {
      const { load, fails, reading } = answers[index] as LoadFound;
      const isLongest = fails !== undefined && run.count === this.options.longest;
      return { shape, batch, rate: load, reading, ...(isLongest ? { fails } : {}) };
    });
  }

  /** The ratio of latency to limit of each run of `count` requests; Infinity where the run broke down. */
  async ratios(
    runs: readonly TrialRun[],
    count: number,
    stage: RaceStage = 'race',
  ): Promise<readonly number[]> {
    const answers = await this.#perform(
      runs.map(({ contender: { shape, batch }, load }) => {
        return { method: 'read', args: { shape, batch, load, count, canAbort: true } } as const;
      }),
      stage,
    );
    return answers.map((answer) => (answer as LoadReading).value);
  }

  async #perform(tasks: readonly BenchTask[], stage: RaceStage): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (let from = 0; from < tasks.length; from += WAVE) {
      const wave = tasks.slice(from, from + WAVE);
      await this.options.onWave(stage, this.#share());
      this.#waves++;
      values.push(...(await this.#crew.run(wave)).map((answer) => answer.value));
    }
    return values;
  }

  /** Share of the race that is done; rounds are known one by one, so this nears one without reaching it. */
  #share(): number {
    const expected = Math.max(1, (EXPECTED_TASKS_PER_LANE * this.#lanes) / WAVE);
    return 1 - 1 / (1 + this.#waves / expected);
  }
}
