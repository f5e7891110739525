/**
 * Reassignment under move costs on the instances of the Google ROADEF/EURO challenge 2012.
 *
 *     npm run bench:reassign -- --data DIR --json [--limit 60s] [--instance a1_1,a2_5] [--set A|B|all] [--workers 2] [--seed 1]
 *
 * DIR holds `packing/roadef2012/` (default `../shared/data`). The limit is CPU time of the searching thread, because the machine may be
 * shared; reading the instance is not in it. Every answer is checked from scratch by `src/optimize/reassignment/verify.ts`, which shares
 * nothing with the search. Rivals in the same run: a plain hill climber, and published costs (`bench/reassign-known.ts`).
 *
 * `gap` is (cost − least published cost) / least published cost, the strict measure; `scoreGap` divides by the initial cost instead, as
 * the challenge did. `worstGap` is the largest of set A: of the strict gaps, but of `scoreGap` where the least published cost is less than
 * a ten-thousandth of the initial one (a2_1: 196 of 391 million, where one move of cost 1 is half a per cent). `worstStrictGap` is the
 * largest of all strict gaps.
 * A run over set A at 60 s takes about 12 CPU minutes, over both sets about 22.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { ReassignFigure, ReassignTask } from './reassign-run.ts';

const SETS = {
  A: ['a1_1', 'a1_2', 'a1_3', 'a1_4', 'a1_5', 'a2_1', 'a2_2', 'a2_3', 'a2_4', 'a2_5'],
  B: ['b_1', 'b_2', 'b_3', 'b_4', 'b_5', 'b_6', 'b_8', 'b_9'],
} as const;
const GOAL = 0.01;
/** Least published cost, in parts of the initial cost, below which a gap in parts of it says nothing. */
const NEAR_ZERO = 1e-4;

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: process.env['PLIMSOLL_DATA'] ?? '../shared/data' },
    json: { type: 'boolean', default: false },
    limit: { type: 'string', default: '60s' },
    instance: { type: 'string' },
    set: { type: 'string', default: 'A' },
    workers: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
  },
});

const folder = path.join(values.data, 'packing', 'roadef2012');
if (!existsSync(folder)) {
  console.error(`${folder} does not exist; give the folder of the data with --data DIR`);
  process.exit(1);
}
const names = instances();
const missing = names.filter((name) => !existsSync(path.join(folder, `model_${name}.txt.gz`)));
if (missing.length > 0) {
  console.error(`${folder} holds no instance ${missing.join(', ')}`);
  process.exit(1);
}
const tasks = names.map((instance): ReassignTask => {
  return { folder, instance, limitSeconds: parseFloat(values.limit), seed: Number(values.seed) };
});
const figures = await runAll(tasks, Math.min(tasks.length, Number(values.workers)));
report(figures);

function instances(): readonly string[] {
  if (values.instance !== undefined) return values.instance.split(',');
  if (values.set === 'all') return [...SETS.A, ...SETS.B];
  return values.set === 'B' ? SETS.B : SETS.A;
}

/** Hands tasks to threads as these come free; answers in the order of the tasks. */
async function runAll(all: readonly ReassignTask[], workers: number): Promise<readonly ReassignFigure[]> {
  const found: ReassignFigure[] = [];
  let next = 0;
  const serve = async (): Promise<void> => {
    const worker = new Worker(new URL('reassign-worker.ts', import.meta.url));
    for (let index = next++; index < all.length; index = next++) {
      const figure = await new Promise<ReassignFigure>((resolve, reject) => {
        worker.removeAllListeners();
        worker.once('message', resolve).once('error', reject);
        worker.postMessage(all[index]);
      });
      found[index] = figure;
      (values.json ? console.error : console.log)(rowOf(figure));
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: workers }, serve));
  return found;
}

function rowOf(figure: ReassignFigure): string {
  const { instance, cost, published, gap = NaN, scoreGap = NaN, provenGap, hillClimb } = figure;
  const percent = (share: number): string => `${(100 * share).toFixed(3)} %`.padStart(11);
  const climbed = published === undefined ? NaN : (hillClimb.cost - published) / published;
  return (
    `${instance.padEnd(5)} cost ${String(cost).padStart(12)}  published ${String(published).padStart(12)}  gap ${percent(gap)}` +
    `  of initial ${percent(scoreGap)}  proven gap ${percent(provenGap)}  ${figure.isFeasible ? 'feasible' : 'BROKEN'}` +
    `  ${figure.moves} moves  ${figure.cpuSeconds.toFixed(1)} s  ${(figure.trialsPerSecond / 1e6).toFixed(1)} M/s` +
    `  hill climb ${percent(climbed)}${hillClimb.isLocalOptimum ? '' : ' (cut)'}${hillClimb.isFeasible ? '' : ' BROKEN'}`
  );
}

function report(all: readonly ReassignFigure[]): void {
  const ofA = all.filter(({ instance }) => instance.startsWith('a'));
  const worst = (gaps: readonly number[]): number | null => (gaps.length === 0 ? null : Math.max(...gaps));
  const worstGap = worst(ofA.map(meaningfulGap));
  const summary = {
    benchmark: 'reassign',
    limitSeconds: parseFloat(values.limit),
    seed: Number(values.seed),
    worstGap,
    worstStrictGap: worst(ofA.map(({ gap = 0 }) => gap)),
    worstScoreGap: worst(ofA.map(({ scoreGap = 0 }) => scoreGap)),
    withinGoal: ofA.filter((figure) => meaningfulGap(figure) <= GOAL).length,
    withinGoalStrictly: ofA.filter(({ gap = Infinity }) => gap <= GOAL).length,
    allFeasible: all.every(({ isFeasible }) => isFeasible),
    cpuSeconds: all.reduce((sum, figure) => sum + figure.cpuSeconds + figure.hillClimb.cpuSeconds, 0),
  };
  if (values.json) console.log(JSON.stringify({ ...summary, instances: all }));
  else
    console.log(
      `set A: worst gap ${(100 * (worstGap ?? NaN)).toFixed(2)} %, ${summary.withinGoal} of ${ofA.length} within 1 %; ` +
        `${summary.allFeasible ? 'all feasible' : 'NOT ALL FEASIBLE'}; ${summary.cpuSeconds.toFixed(0)} CPU seconds`,
    );
}

/** The strict gap; the challenge's where the least published cost is next to nothing; 0 where none is published. */
function meaningfulGap({ published = 0, initialCost, gap = 0, scoreGap = 0 }: ReassignFigure): number {
  return published < NEAR_ZERO * initialCost ? scoreGap : gap;
}
