import type { BatchLimits, Rejection } from '../../model/index.ts';
import { DEFAULT_BATCH, OTHER_SCREENS } from '../candidates/batch-limits.ts';
import { candidateOf } from '../candidates/shape.ts';
import type { MeasuringCrew } from '../capacity/crew.ts';
import type { Measured } from '../capacity/measure.ts';
import type { LoadReading } from '../capacity/replica-probe.ts';
import type { BenchTask } from '../capacity/task.ts';
import { asBeaten, asBounded, asNotMeasured, withoutCapacity } from './reasons.ts';
import type { LoadUnit } from './reasons.ts';
import { isSame } from './contenders.ts';
import type { Contender, RacedShape } from './contenders.ts';
import {
  FAR_POOL,
  FINALIST_RANGE,
  MIDDLE_ALLOWANCE,
  MOST_TUNING_GAIN,
  SHORT_ALLOWANCE,
  WORTHWHILE_GAIN,
} from './effort.ts';
import type { RaceEffort } from './effort.ts';
import { Lane, costOf, lanesOf } from './lane.ts';

/** How a race is run. */
export interface RaceOptions {
  readonly crew: MeasuringCrew;
  readonly effort: RaceEffort;
  /** Requests of the longest runs. */
  readonly longest: number;
  readonly unit: LoadUnit;
  /** Whether the time is up: no further round is begun. */
  isOver(): boolean;
  /** Told before each wave; `share` of the race that is done, 0..1. */
  onWave(stage: 'race' | 'measure', share: number): Promise<void>;
}

/** What came of a race. */
export interface Race {
  /** The best of each lane that goes on, cheapest per load first. */
  readonly finalists: readonly Measured[];
  readonly rejected: readonly Rejection[];
  /** Shapes without capacity, each with its reading at the lowest load tried. */
  readonly failed: readonly Measured[];
  /** Candidates simulated at least once, simulations and requests. */
  readonly work: { candidates: number; simulations: number; requests: number };
  readonly isComplete: boolean;
}

/** Tasks handed to the crew at once; the same for crews of every size, so that time limits cut at the same places. */
const WAVE = 16;

/**
 * Finds the cheapest candidate per load of every lane (pool and size of replica) by racing: successive halving in which
 * every run sees the same requests, and nobody is measured further than needed to see that it loses.
 *
 * 1. Pace: the most promising shape of every lane is searched by short runs.
 * 2. Bound: shapes, and later limits, that could not match the pace by an analytic bound are left out. Sound: the pace is
 *    lowered by what short runs may flatter.
 * 3. Screen: one short run of every other shape at a load 1.5 × below the pace, which any limits might gain; the best set a new pace.
 * 4. Limits: one short run of every pair of limits of the shapes left, near the pace; the best few go on by their ratio of
 *    latency to limit.
 * 5. Middle: those by longer runs.
 * 6. Final: the best of each lane that may be a finalist is searched by the longest runs, the next must beat it in one run first.
 *
 * Lanes are cut to those within 1.5 × the cheapest of their pool; of pools far above the cheapest of all one lane stays.
 * Deterministic for crews of every size.
 */
export async function race(shapes: readonly RacedShape[], options: RaceOptions): Promise<Race> {
  return new Runner(lanesOf(shapes), options).run();
}

class Runner {
  readonly #lanes: readonly Lane[];
  readonly #options: RaceOptions;
  readonly #rejected = new Map<string, Rejection>();
  readonly #failed = new Map<string, Measured>();
  readonly #candidates = new Set<string>();
  #simulations = 0;
  #requests = 0;
  #done = 0;
  #wasCut = false;

  constructor(lanes: readonly Lane[], options: RaceOptions) {
    this.#lanes = lanes;
    this.#options = options;
  }

  async run(): Promise<Race> {
    const { effort } = this.#options;
    await this.#setPace();
    const open = this.#openLanes();
    const screened = await this.#screen(open);
    await this.#tryLimits(open, screened);
    await this.#middle(open);
    const lanes = this.#finalLanes(open, effort.finalists);
    await this.#final(lanes);
    return this.#result(lanes);
  }

  /** The most promising shape of each lane that has any capacity. */
  async #setPace(): Promise<void> {
    const waiting = new Map(this.#lanes.map((lane) => [lane, [...lane.shapes]]));
    for (let pending = this.#lanes; pending.length > 0;) {
      if (this.#lanes.some((lane) => lane.best !== undefined) && this.#isCut()) return;
      const next = pending.flatMap((lane) => {
        const [shape] = waiting.get(lane)?.splice(0, 1) ?? [];
        return shape === undefined ? [] : [{ lane, shape }];
      });
      const found = await this.#findWithChances(next.map(({ shape }) => shape));
      for (const [index, { lane }] of next.entries()) {
        const measured = found[index];
        if (measured !== undefined) lane.consider(measured);
      }
      pending = next.map(({ lane }) => lane).filter((lane) => lane.best === undefined);
    }
  }

  /** The capacity by short runs, with other limits where the default ones have none; failures are kept. */
  async #findWithChances(shapes: readonly RacedShape[]): Promise<readonly Measured[]> {
    const results: Measured[] = [];
    let left = shapes.map((shape, index) => ({ shape, index }));
    for (const batch of [DEFAULT_BATCH, ...OTHER_SCREENS]) {
      const found = await this.#find(left.map(({ shape }) => shape.contender(batch)));
      for (const [position, { index }] of left.entries()) {
        const measured = found[position];
        if (measured !== undefined && (results[index] === undefined || measured.rate > 0))
          results[index] = measured;
      }
      left = left.filter(({ index }) => (results[index]?.rate ?? 0) === 0);
      if (left.length === 0) break;
    }
    for (const { index } of left) {
      const failed = results[index];
      if (failed !== undefined) this.#failed.set(failed.shape.id, failed);
    }
    return results;
  }

  /** Lanes that may hold a finalist; the rest is told why not. */
  #openLanes(): readonly Lane[] {
    const pools = Map.groupBy(this.#lanes, (lane) => lane.pool);
    const least = Math.min(...this.#lanes.map((lane) => lane.cost));
    return [...pools.values()].flatMap((lanes) => {
      const [first] = [...lanes].sort((a, b) => a.cost - b.cost);
      if (first === undefined || first.cost === Infinity) return [];
      if (first.cost <= FAR_POOL * least) return lanes.filter((lane) => lane.best !== undefined);
      for (const lane of lanes) this.#rejectLane(lane, least);
      return [];
    });
  }

  #rejectLane(lane: Lane, least: number): void {
    for (const item of lane.shapes) {
      if (lane.best?.shape.id === item.shape.id || this.#failed.has(item.shape.id)) continue;
      this.#reject(item.shape.id, asBeaten(item.shape, { cost: least * FAR_POOL, unit: this.#options.unit }));
    }
  }

  /** What a candidate of the lane must cost less than, per load, to be of interest. */
  #ceiling(lane: Lane, isSure = false): number {
    const inPool = this.#lanes.filter((other) => other.pool === lane.pool);
    const cost = (other: Lane): number => (isSure ? other.sureCost : other.cost);
    return Math.min(cost(lane), FINALIST_RANGE * Math.min(...inPool.map(cost)));
  }

  /** Shapes that are not out of reach, after one short run each; the best raise the pace of their lanes. */
  async #screen(lanes: readonly Lane[]): Promise<ReadonlyMap<Lane, readonly RacedShape[]>> {
    const others = lanes.flatMap((lane) =>
      lane.shapes
        .filter((item) => item.shape.id !== lane.best?.shape.id && !this.#failed.has(item.shape.id))
        .filter((item) => this.#isWithinBound(item, item.widestBound, lane))
        .map((shape) => ({ lane, shape, load: shape.price / (MOST_TUNING_GAIN * this.#ceiling(lane)) })),
    );
    let left = others.map((item) => ({ ...item, ratio: Infinity }));
    const passed: (typeof left)[number][] = [];
    const { count } = this.#options.effort.short;
    for (const batch of [DEFAULT_BATCH, ...OTHER_SCREENS]) {
      if (this.#isCut()) break;
      const readings = await this.#read(
        left.map(({ shape, load }) => ({ contender: shape.contender(batch), load })),
        { count, canAbort: true },
      );
      const judged = left.map((item, index) => ({ ...item, ratio: readings[index]?.value ?? Infinity }));
      passed.push(...judged.filter((item) => item.ratio <= 1));
      left = judged.filter((item) => item.ratio > 1);
    }
    for (const { shape, load } of left) {
      const cost = shape.price / load;
      this.#reject(
        shape.shape.id,
        this.#wasCut
          ? asNotMeasured(shape.shape)
          : asBeaten(shape.shape, { cost, load, unit: this.#options.unit }),
      );
    }
    await this.#raisePace(lanes, passed);
    return new Map(
      lanes.map((lane) => [
        lane,
        [
          ...lane.shapes.filter((item) => item.shape.id === lane.best?.shape.id),
          ...passed
            .filter((item) => item.lane === lane && item.shape.shape.id !== lane.best?.shape.id)
            .map((item) => item.shape),
        ],
      ]),
    );
  }

  /** Searches the two shapes of each lane with the most room at the load of the screening. */
  async #raisePace(
    lanes: readonly Lane[],
    passed: readonly { readonly lane: Lane; readonly shape: RacedShape; readonly ratio: number }[],
  ): Promise<void> {
    const next = lanes.flatMap((lane) =>
      passed
        .filter((item) => item.lane === lane)
        .sort((a, b) => a.ratio - b.ratio || (a.shape.shape.id < b.shape.shape.id ? -1 : 1))
        .slice(0, PACE_SETTERS),
    );
    if (this.#isCut()) return;
    const found = await this.#findWithChances(next.map(({ shape }) => shape));
    for (const [index, { lane }] of next.entries()) {
      const measured = found[index];
      if (measured !== undefined) lane.consider(measured);
    }
  }

  /** Every pair of limits of the shapes left, near the pace. */
  async #tryLimits(
    lanes: readonly Lane[],
    screened: ReadonlyMap<Lane, readonly RacedShape[]>,
  ): Promise<void> {
    const entries = lanes.flatMap((lane) =>
      (screened.get(lane) ?? []).flatMap((shape) =>
        shape.variants
          .filter((batch) => this.#isWithinBound(shape, shape.bound(batch), lane, batch))
          .map((batch) => ({ lane, contender: shape.contender(batch) })),
      ),
    );
    await this.#narrow(entries, {
      count: this.#options.effort.short.count,
      allowance: SHORT_ALLOWANCE,
      kept: this.#options.effort.keptShort,
    });
  }

  async #middle(lanes: readonly Lane[]): Promise<void> {
    const entries = lanes.flatMap((lane) => lane.field.map(({ contender }) => ({ lane, contender })));
    await this.#narrow(entries, {
      count: this.#options.effort.middle.count,
      allowance: MIDDLE_ALLOWANCE,
      kept: this.#options.effort.keptMiddle,
    });
  }

  /** One run of each entry a little below its lane's pace; the best of each lane stay in its field. */
  async #narrow(
    entries: readonly { readonly lane: Lane; readonly contender: Contender }[],
    round: { readonly count: number; readonly allowance: number; readonly kept: number },
  ): Promise<void> {
    if (this.#isCut()) {
      for (const { lane, contender } of entries) {
        if (lane.best !== undefined && isSame(contender, { ...lane.best, price: 0 })) continue;
        this.#reject(
          candidateOf(contender.shape, contender.batch).id,
          asNotMeasured(contender.shape, contender.batch),
        );
      }
      return;
    }
    const loads = entries.map(({ lane, contender }) => ({
      contender,
      load: (contender.price / this.#ceiling(lane)) * (1 - round.allowance),
    }));
    const readings = await this.#read(loads, { count: round.count, canAbort: true });
    const read = entries.map((entry, index) => ({
      ...entry,
      load: loads[index]?.load ?? 0,
      ratio: readings[index]?.value ?? Infinity,
    }));
    for (const [lane, members] of Map.groupBy(read, (item) => item.lane)) {
      const sorted = [...members].sort(
        (a, b) => a.ratio - b.ratio || (idOf(a.contender) < idOf(b.contender) ? -1 : 1),
      );
      lane.field = sorted.filter((item, index) => item.ratio <= 1 && index < round.kept);
      for (const { contender, load } of sorted.slice(lane.field.length)) {
        const cost = contender.price / load;
        this.#reject(
          idOf(contender),
          asBeaten(contender.shape, { batch: contender.batch, cost, load, unit: this.#options.unit }),
        );
      }
    }
  }

  /** Lanes whose best may be among the finalists of their pool: sizes before further ones, cheapest first. */
  #finalLanes(lanes: readonly Lane[], finalists: number): readonly Lane[] {
    const open = new Set(lanes);
    const pools = Map.groupBy(
      this.#lanes.filter((lane) => lane.best !== undefined),
      (lane) => lane.pool,
    );
    return [...pools.values()].flatMap((members) => {
      const sorted = [...members].sort((a, b) => a.cost - b.cost || (a.id < b.id ? -1 : 1));
      const [first] = sorted;
      if (first === undefined) return [];
      if (!open.has(first)) return [first];
      const near = sorted.filter((lane) => lane.cost <= FINALIST_RANGE * first.cost);
      for (const lane of sorted) {
        if (near.indexOf(lane) >= 0 && near.indexOf(lane) < finalists) continue;
        this.#rejectBest(lane);
      }
      return near.slice(0, finalists);
    });
  }

  #rejectBest({ best, cost }: Lane): void {
    if (best === undefined) return;
    const id = candidateOf(best.shape, best.batch).id;
    this.#reject(
      id,
      asBeaten(best.shape, { batch: best.batch, cost, load: best.rate, unit: this.#options.unit }),
    );
  }

  /** The longest runs: the best of each field is searched, each other must pass a little above it first. */
  async #final(lanes: readonly Lane[]): Promise<void> {
    const count = this.#options.longest;
    const { tolerance } = this.#options.effort;
    const fields = new Map(lanes.map((lane) => [lane, contendersOf(lane)]));
    const leaders = lanes.flatMap((lane) => {
      const [first] = fields.get(lane) ?? [];
      return first === undefined ? [] : [{ lane, contender: first, start: startOf(lane, first) }];
    });
    await this.#settle(leaders, { count, tolerance });
    const most = Math.max(0, ...[...fields.values()].map((field) => field.length));
    for (let turn = 1; turn < most && !this.#isCut(); turn++) {
      const challengers = lanes.flatMap((lane) => {
        const contender = fields.get(lane)?.[turn];
        return contender === undefined
          ? []
          : [{ lane, contender, load: (contender.price / lane.cost) * WORTHWHILE_GAIN }];
      });
      const readings = await this.#read(challengers, { count, canAbort: true });
      const better = challengers.filter((_, index) => (readings[index]?.value ?? Infinity) <= 1);
      await this.#settle(
        better.map(({ lane, contender, load }) => ({ lane, contender, start: load })),
        { count, tolerance },
      );
    }
    for (const lane of lanes) {
      for (const contender of fields.get(lane) ?? []) {
        if (lane.best === undefined || isSame(contender, { ...lane.best, price: 0 })) continue;
        const { cost } = lane;
        this.#reject(
          idOf(contender),
          asBeaten(contender.shape, {
            batch: contender.batch,
            cost,
            load: contender.price / cost,
            unit: this.#options.unit,
          }),
        );
      }
    }
  }

  async #settle(
    leaders: readonly { readonly lane: Lane; readonly contender: Contender; readonly start: number }[],
    run: { readonly count: number; readonly tolerance: number },
  ): Promise<void> {
    const found = await this.#find(
      leaders.map(({ contender }) => contender),
      { ...run, starts: leaders.map(({ start }) => start) },
      'measure',
    );
    for (const [index, { lane }] of leaders.entries()) {
      const measured = found[index];
      if (measured === undefined) continue;
      // What short runs said of the lane no longer counts.
      if (!lane.isSettled) lane.best = undefined;
      lane.isSettled = true;
      lane.consider(measured);
      if (measured.rate === 0) this.#failed.set(measured.shape.id, measured);
    }
  }

  #isWithinBound(item: RacedShape, bound: number, lane: Lane, batch?: BatchLimits): boolean {
    const ceiling = this.#ceiling(lane, true);
    if (item.price / bound < ceiling) return true;
    const id = batch === undefined ? item.shape.id : candidateOf(item.shape, batch).id;
    if (lane.best === undefined || id !== candidateOf(lane.best.shape, lane.best.batch).id) {
      this.#reject(
        id,
        asBounded(item.shape, { id, bound, least: item.price / bound, ceiling, unit: this.#options.unit }),
      );
    }
    return false;
  }

  /** Whether the time is up; remembered, as something is then left out. */
  #isCut(): boolean {
    this.#wasCut ||= this.#options.isOver();
    return this.#wasCut;
  }

  #reject(id: string, rejection: Rejection): void {
    this.#rejected.set(id, rejection);
  }

  async #find(
    contenders: readonly Contender[],
    run: { readonly count: number; readonly tolerance: number; readonly starts?: readonly number[] } = this
      .#options.effort.short,
    stage: 'race' | 'measure' = 'race',
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
      const { load, reading } = answers[index] as { load: number; reading: LoadReading };
      return { shape, batch, rate: load, reading };
    });
  }

  async #read(
    items: readonly { readonly contender: Contender; readonly load: number }[],
    run: { readonly count: number; readonly canAbort: boolean },
  ): Promise<readonly LoadReading[]> {
    const answers = await this.#perform(
      items.map(({ contender: { shape, batch }, load }) => {
        return { method: 'read', args: { shape, batch, load, ...run } } as const;
      }),
      'race',
    );
    return answers as readonly LoadReading[];
  }

  async #perform(tasks: readonly BenchTask[], stage: 'race' | 'measure'): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (let from = 0; from < tasks.length; from += WAVE) {
      const wave = tasks.slice(from, from + WAVE);
      await this.#options.onWave(stage, this.#share());
      this.#done++;
      for (const { args } of wave) {
        if ('batch' in args) this.#candidates.add(candidateOf(args.shape, args.batch).id);
      }
      for (const answer of await this.#options.crew.run(wave)) {
        this.#simulations += answer.simulations;
        this.#requests += answer.requests;
        values.push(answer.value);
      }
    }
    return values;
  }

  /** Share of the race that is done; rounds are known one by one, so this nears one without reaching it. */
  #share(): number {
    const waves = Math.max(1, (EXPECTED_WAVES_PER_LANE * this.#lanes.length) / WAVE);
    return 1 - 1 / (1 + this.#done / waves);
  }

  #result(lanes: readonly Lane[]): Race {
    const finalists = lanes.flatMap((lane) => (lane.best === undefined ? [] : [{ lane, best: lane.best }]));
    const chosen = new Set(finalists.map(({ best }) => candidateOf(best.shape, best.batch).id));
    const shapes = new Set(finalists.map(({ best }) => best.shape.id));
    const failed = [...this.#failed.values()].filter((m) => !shapes.has(m.shape.id));
    const rejected = [...this.#rejected]
      .filter(([id]) => !chosen.has(id) && !shapes.has(id) && !this.#failed.has(id))
      .map(([, rejection]) => rejection);
    return {
      finalists: finalists
        .sort((a, b) => a.lane.cost - b.lane.cost || (a.lane.id < b.lane.id ? -1 : 1))
        .map(({ best }) => best),
      rejected: [...rejected, ...failed.map(withoutCapacity)],
      failed,
      work: { candidates: this.#candidates.size, simulations: this.#simulations, requests: this.#requests },
      isComplete: !this.#wasCut,
    };
  }
}

/** Waves of a lane's tasks in an average race, times the wave; for progress only (*assumed*). */
const EXPECTED_WAVES_PER_LANE = 30;
/** Shapes per lane that may raise its pace after the screening. */
const PACE_SETTERS = 2;

function idOf({ shape, batch }: Contender): string {
  return candidateOf(shape, batch).id;
}

/** The field of a lane, or its best so far where no round was run. */
function contendersOf(lane: Lane): readonly Contender[] {
  if (lane.field.length > 0) return lane.field.map(({ contender }) => contender);
  const { best } = lane;
  return best === undefined
    ? []
    : [{ shape: best.shape, batch: best.batch, price: lane.price(best.shape.id) }];
}

/** A load near the capacity of a contender: what its lane's pace asks of it. */
function startOf(lane: Lane, { price }: Contender): number {
  return price / costOf(lane.best ?? { rate: 0 }, lane.price(lane.best?.shape.id ?? ''));
}
