import type { ObjectiveLimits, Rejection, ServingPlan } from '../../model/index.ts';
import { profileStatistics } from '../../traffic/index.ts';
import { candidateOf } from '../candidates/shape.ts';
import { crewOf } from '../capacity/crew.ts';
import { CountedCrew } from '../capacity/counted-crew.ts';
import { MeasuringBench } from '../capacity/measure.ts';
import { demandOf } from '../disaggregation/context.ts';
import type { SplitAim } from '../disaggregation/context.ts';
import { searchDisaggregated } from '../disaggregation/search-disaggregated.ts';
import { LONGEST_RUN, measureFinalists } from '../evaluate-workload.ts';
import { Deadline } from '../options.ts';
import { breathe } from '../progress.ts';
import { EFFORTS } from '../race/effort.ts';
import { fieldOf } from '../race/field.ts';
import type { Field } from '../race/field.ts';
import { countReasons } from '../race/proof.ts';
import { race } from '../race/race.ts';
import type { Race } from '../race/race.ts';
import { withoutCapacity } from '../race/reasons.ts';
import { lowLatencyFinalists } from './low-latency.ts';
import { brokenMerits, objectiveValue, paretoPlans, ranked } from './merits.ts';
import { explainNoPlan } from './no-plan.ts';
import { aimsOf, weightOf } from './objective-weight.ts';
import { oneReplicaLess } from './one-less.ts';
import type { SearchOptions, SearchProgress, SearchRequest, SearchResult } from './request.ts';
import { objectiveBound } from './search-proof.ts';
import { aggregatedPlan, disaggregatedPlan, loadPerReplica, replicaCounts } from './serving-plans.ts';
import type { Finalist, PlanContext } from './serving-plans.ts';
import { effectiveObjective, subjectOf } from './subject.ts';

/** Plans returned unless told otherwise. */
const TOP = 10;

/**
 * Searches for the best whole plans of one workload on one cluster: enumerates every cut, precision, pair of batch limits
 * and prefill/decode split; rules out by sound bounds; races the rest by simulation; measures the finalists by long runs; and
 * compares whole plans (replicas of one candidate, or prefill and decode replicas) at the load, by what users wait and pay.
 * Equal requests give equal results, whatever the crew, unless the time runs out.
 */
export async function searchPlans(asked: SearchRequest, options: SearchOptions): Promise<SearchResult> {
  const request = { ...asked, objective: effectiveObjective(asked) };
  const subject = subjectOf(request, options);
  const bench = new MeasuringBench(subject);
  const crew = new CountedCrew(options.gatherCrew?.(subject) ?? crewOf(bench));
  try {
    return await new Search(request, options, { bench, crew }).run();
  } finally {
    await crew.close();
  }
}

/** Shares of the whole work by stage, for progress only (*assumed*). */
const STAGES: Readonly<Record<SearchProgress['stage'], readonly [from: number, to: number]>> = {
  bound: [0, 0.05],
  race: [0.05, 0.5],
  measure: [0.5, 0.65],
  split: [0.65, 0.9],
  compare: [0.9, 1],
};

/** One run of a search. */
class Search {
  readonly #request: SearchRequest;
  readonly #options: SearchOptions;
  readonly #bench: MeasuringBench;
  readonly #crew: CountedCrew;
  readonly #deadline: Deadline;
  readonly #context: PlanContext;
  readonly #rejected: Rejection[] = [];
  #enumerated = 0;
  #isComplete = true;

  constructor(
    request: SearchRequest,
    options: SearchOptions,
    { bench, crew }: { readonly bench: MeasuringBench; readonly crew: CountedCrew },
  ) {
    this.#request = request;
    this.#options = options;
    this.#bench = bench;
    this.#crew = crew;
    this.#deadline = new Deadline(options);
    const { isl, osl } = profileStatistics(bench.subject.profile);
    this.#context = { request, bench, tokens: { input: isl.mean, output: osl.mean } };
  }

  async run(): Promise<SearchResult> {
    await this.#tell('bound', 0);
    const field = this.#field();
    const { finalists, failed } = await this.#finalists(field);
    const aggregated = this.#request.modes.includes('aggregated') ? await this.#plansOf(finalists) : [];
    const split = this.#request.modes.includes('disaggregated')
      ? await this.#disaggregated(field, aggregated)
      : [];
    await this.#tell('compare', 0.5);
    const all = [...aggregated, ...split];
    const within = all.filter((plan) => this.#keepsLimits(plan));
    const { objective } = this.#request;
    const plans = distinct(ranked(within, objective)).slice(0, this.#options.top ?? TOP);
    const pareto = paretoPlans(within);
    const leastLatency = ranked(within, 'latency')[0];
    const leastEnergy = ranked(within, 'energy')[0];
    const binding =
      plans.length > 0
        ? []
        : explainNoPlan({
            request: this.#request,
            findings: {
              ...field,
              failed,
              workload: this.#request.workload,
              rejected: this.#rejected,
              bench: this.#bench,
            },
            finalists,
            hasSurvivors: field.shapes.length > 0,
            overLimits: all,
          });
    return {
      plans,
      pareto,
      ...(leastLatency === undefined ? {} : { leastLatency }),
      ...(leastEnergy === undefined ? {} : { leastEnergy }),
      rejected: [...this.#rejected].sort((a, b) => (a.candidate < b.candidate ? -1 : 1)),
      proof: this.#proof(field, plans[0]),
      binding,
    };
  }

  #field(): Field {
    const field = fieldOf(this.#request.workload, {
      bench: this.#bench,
      offerings: this.#request.offerings,
      reach: this.#request.accelerators,
      weigh: (shape) => weightOf(this.#request).ofReplica(shape, this.#bench),
      includesUnexecutable: this.#options.includesUnexecutable ?? false,
    });
    this.#enumerated += field.enumerated;
    this.#rejected.push(...field.rejected);
    return field;
  }

  /** Measured candidates of aggregated plans; none are sought where the request excludes such plans. */
  async #finalists(
    field: Field,
  ): Promise<{ readonly finalists: readonly Finalist[]; readonly failed: Race['failed'] }> {
    if (!this.#request.modes.includes('aggregated')) return { finalists: [], failed: [] };
    const demand = demandOf(this.#request.load);
    const raced = await race(field.shapes, {
      crew: this.#crew,
      effort: EFFORTS.search,
      longest: LONGEST_RUN,
      unit: {
        load: this.#bench.subject.loop === 'closed' ? 'clients' : 'requests/s',
        cost: weightOf(this.#request).unit,
      },
      ...(demand > 0 ? { demand } : {}),
      isOver: () => this.#deadline.isPast,
      onWave: (stage, share) => this.#tell(stage, share),
    });
    const low = await lowLatencyFinalists(field.shapes, {
      request: this.#request,
      bench: this.#bench,
      crew: this.#crew,
      known: raced.finalists,
      isOver: () => this.#deadline.isPast,
    });
    const first = [...raced.finalists, ...low];
    const { offerings } = this.#request;
    const means = { bench: this.#bench, crew: this.#crew, offerings };
    const measured = await measureFinalists(first, means);
    const fewer = await oneReplicaLess(measured.finalists, field.shapes, {
      request: this.#request,
      crew: this.#crew,
      longest: LONGEST_RUN,
      isOver: () => this.#deadline.isPast,
    });
    const others = await measureFinalists(fewer, means);
    const chosen = [...first, ...fewer];
    const lost = [...measured.lost, ...others.lost];
    this.#isComplete &&= raced.isComplete;
    const kept = new Set(chosen.flatMap(({ shape, batch }) => [shape.id, candidateOf(shape, batch).id]));
    this.#rejected.push(
      ...raced.rejected.filter((item) => !kept.has(item.candidate)),
      ...lost.map(withoutCapacity),
    );
    return {
      finalists: [...measured.finalists, ...others.finalists],
      failed: [...raced.failed, ...lost],
    };
  }

  /** Whole plans of every finalist: as few replicas as carry the load, as many as there are accelerators, and some between. */
  async #plansOf(finalists: readonly Finalist[]): Promise<readonly ServingPlan[]> {
    const wanted = finalists.flatMap((finalist) => {
      const { least, most } = replicaCounts(finalist, this.#request);
      if (least <= most && least > 0)
        return countsBetween(least, most).map((replicas) => ({ finalist, replicas }));
      const { candidate } = finalist.evaluated;
      const detail = `needs ${least} replicas, ${most} fit on the accelerators`;
      const { workload, pool } = candidate;
      this.#rejected.push({ candidate: candidate.id, workload, pool, reason: 'limit-exceeded', detail });
      return [];
    });
    await this.#tell('compare', 0);
    const plans = await this.#readPlans(wanted);
    // Near its capacity a replica may miss the SLO by chance at a little less: one replica more then does.
    const more = wanted.flatMap(({ finalist, replicas }, index) => {
      const { least, most } = replicaCounts(finalist, this.#request);
      const isShort = plans[index] === undefined && replicas === least && least < most;
      return isShort && !wanted.some((item) => item.finalist === finalist && item.replicas === least + 1)
        ? [{ finalist, replicas: least + 1 }]
        : [];
    });
    const found = [...plans, ...(await this.#readPlans(more))].filter((plan) => plan !== undefined);
    for (const { evaluated } of new Set(wanted.map((item) => item.finalist))) {
      const { id, workload, pool } = evaluated.candidate;
      if (found.some((plan) => plan.parts[0]?.candidate.id === id)) continue;
      const detail = 'no number of replicas that fits keeps the SLO at its share of the load';
      this.#rejected.push({ candidate: id, workload, pool, reason: 'slo-not-met', detail });
    }
    return found;
  }

  /** One entry per plan asked for; undefined where its replicas do not keep the SLO at their share of the load. */
  async #readPlans(
    wanted: readonly { readonly finalist: Finalist; readonly replicas: number }[],
  ): Promise<readonly (ServingPlan | undefined)[]> {
    const answers = await this.#crew.run(
      wanted.map(({ finalist, replicas }) => {
        const { candidate } = finalist.evaluated;
        const load = loadPerReplica(finalist, this.#request, replicas);
        const args = {
          shape: finalist.shape,
          batch: candidate.batch,
          count: LONGEST_RUN,
          load,
          canAbort: false,
        };
        return { method: 'read', args } as const;
      }),
    );
    return wanted.map(({ finalist, replicas }, index) => {
      const answer = answers[index];
      if (answer === undefined || answer.value.value > 1) return undefined;
      return aggregatedPlan(finalist, { replicas, evidence: answer.value.evidence }, this.#context);
    });
  }

  async #disaggregated(field: Field, aggregated: readonly ServingPlan[]): Promise<readonly ServingPlan[]> {
    if (this.#deadline.isPast) {
      this.#isComplete = false;
      return [];
    }
    await this.#tell('split', 0);
    const { objective, limits } = this.#request;
    const weigh = weightOf(this.#request);
    const best = ranked(aggregated, objective).find((plan) => brokenMerits(plan, limits).length === 0);
    const plans: ServingPlan[] = [];
    for (const aim of aimsOf(this.#request)) {
      const toBeat =
        best === undefined || hasLimits(limits) ? undefined : weightOfPlan(best, aim, weigh.ofPlan(best));
      plans.push(...(await this.#splits(field, { aim, toBeat })));
    }
    return plans;
  }

  /** The best splits for one aim; `toBeat` is the weight of the best plan known. */
  async #splits(
    field: Field,
    { aim, toBeat }: { readonly aim: SplitAim; readonly toBeat: number | undefined },
  ): Promise<readonly ServingPlan[]> {
    const { load } = this.#request;
    const weigh = weightOf(this.#request);
    const found = await searchDisaggregated({
      subject: this.#bench.subject,
      crew: this.#crew,
      shapes: field.runnable,
      includesUnexecutable: this.#options.includesUnexecutable ?? false,
      accelerators: this.#request.accelerators,
      load,
      aim,
      weigh: (shape) => weigh.ofReplica(shape, this.#bench),
      ...(toBeat === undefined ? {} : { toBeat }),
      isPast: () => this.#deadline.isPast,
      onProgress: (done, total) => void this.#tell('split', done / Math.max(1, total)),
    });
    const { counts } = found;
    this.#enumerated += counts.options + counts.splits;
    this.#rejected.push(...found.rejected);
    this.#isComplete &&= !this.#deadline.isPast;
    return found.plans.map((plan) => disaggregatedPlan(plan, this.#context));
  }

  /** Whether a plan keeps the limits beside the SLO; told where not. */
  #keepsLimits(plan: ServingPlan): boolean {
    const broken = brokenMerits(plan, this.#request.limits);
    if (broken.length === 0) return true;
    const [candidate] = plan.parts;
    this.#rejected.push({
      candidate: plan.id,
      workload: this.#request.workload.workload.id,
      pool: candidate?.candidate.pool ?? '',
      reason: 'limit-exceeded',
      detail: broken.map((item) => item.text).join(', '),
    });
    return false;
  }

  #proof(field: Field, best: ServingPlan | undefined): SearchResult['proof'] {
    const { objective } = this.#request;
    const bound = objectiveBound(field, this.#request, this.#context);
    const value = best === undefined ? undefined : objectiveValue(best, objective);
    const { candidates, simulations, requests } = this.#crew.work;
    return {
      enumerated: this.#enumerated,
      left: countReasons(this.#rejected),
      simulated: candidates,
      simulations,
      requests,
      ...(bound === undefined ? {} : { bound: Math.abs(bound) }),
      ...(bound === undefined || value === undefined || value === 0
        ? {}
        : { gap: Math.max(0, (value - bound) / Math.abs(value)) }),
      isComplete: this.#isComplete,
    };
  }

  async #tell(stage: SearchProgress['stage'], share: number): Promise<void> {
    const [from, to] = STAGES[stage];
    this.#options.onProgress?.({
      stage,
      done: Math.round(share * 100),
      total: 100,
      share: from + (to - from) * Math.min(1, share),
    });
    await breathe();
  }
}

/** Whether any limit is set beside the SLO: a plan far from the best may then be the only one. */
function hasLimits(limits: ObjectiveLimits): boolean {
  return Object.values(limits).some((limit) => limit !== undefined);
}

/** Of plans that differ in the number of replicas alone, the first. */
function distinct(plans: readonly ServingPlan[]): readonly ServingPlan[] {
  const seen = new Set<string>();
  return plans.filter((plan) => {
    const key = plan.parts.map(({ candidate }) => `${candidate.id} ${candidate.role}`).join();
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

/** The least, the most, and their geometric mean: enough to see what more replicas buy. */
function countsBetween(least: number, most: number): readonly number[] {
  return [...new Set([least, Math.round(Math.sqrt(least * most)), most])];
}

/** What `toBeat` of a split search means for a plan of this weight. */
function weightOfPlan(plan: ServingPlan, aim: SplitAim, weight: number | undefined): number | undefined {
  if (weight === undefined) return undefined;
  if (aim === 'least') return weight;
  return aim === 'densest' ? weight / plan.capacity.value : undefined;
}
