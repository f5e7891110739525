import { formatDuration, formatNumber, formatUsd, usd } from '../../../units/index.ts';
import type { EvaluatedCandidate, Rejection, WorkloadDecision } from '../../../model/index.ts';
import { candidatePhrase, plural, ratePhrase } from '../../phrases.ts';
import { html } from '../markup/markup.ts';
import type { Markup } from '../markup/markup.ts';
import { columnsOf, htmlTable } from '../markup/table.ts';
import { acrossRange, axes, chartFigure, fromZero, px, spoken, upRange } from './frame.ts';
import type { Axis, ChartRoom } from './frame.ts';

const ROOM: ChartRoom = { width: 940, height: 330, left: 60, right: 20, top: 16, bottom: 84 };
/** The lane of rejected candidates lies below the axis of costs. */
const LANE = ROOM.height - 14;
/** Candidates drawn at most within one step of the lane are told together. */
const LANE_STEP = 6;

/** A candidate with what it costs per thousand requests at list price, USD, and its p99 end-to-end latency at capacity, seconds. */
interface Weighed {
  readonly item: EvaluatedCandidate;
  readonly isChosen: boolean;
  readonly cost: number;
  readonly seconds: number;
}

/** Cost against latency of the candidates that nothing else beats, the chosen ones marked, with the rejected ones by the least they would cost. */
export function paretoChart(decision: WorkloadDecision): Markup {
  const weighed = weighedOf(decision);
  if (weighed.length === 0) return html``;
  const rejected = pricedRejections(decision.rejected);
  const dearest = Math.max(...weighed.map((item) => item.cost));
  // Rejected candidates far beyond the kept ones would press these together; they stand at the right end.
  const limit = dearest * 2;
  const across: Axis = {
    scale: fromZero([dearest, ...rejected.map((item) => Math.min(item.cost, limit))], acrossRange(ROOM)),
    title: 'USD per 1,000 requests at list price on demand',
    format: (value) => formatNumber(value, 3),
  };
  const up: Axis = {
    scale: fromZero(
      weighed.map((item) => item.seconds),
      upRange(ROOM),
    ),
    title: 'e2e p99',
    format: (value) => (value === 0 ? '0' : formatDuration(value)),
  };
  const chosen = weighed.filter((item) => item.isChosen);
  return chartFigure({
    title: 'Candidates: cost against end-to-end p99 at capacity',
    room: ROOM,
    description: `${plural(weighed.length, 'candidate')} kept, ${chosen.length} chosen (${chosen.map(({ item }) => candidatePhrase(item.candidate)).join('; ')}), ${decision.rejected.length} rejected, ${rejected.length} of these with a known least cost.`,
    body: html`${axes(ROOM, across, up)}${front(weighed, across, up)}${weighed.map((item) => mark(item, across, up))}${lane(rejected, across)}`,
    legend: html`<span class="key-mark"
        ><svg class="dot" viewBox="0 0 16 16" aria-hidden="true">
          <path class="operating" d="M8 1l7 7l-7 7l-7-7Z" /></svg
        >chosen</span
      >
      <span class="key-mark"
        ><svg class="dot" viewBox="0 0 16 16" aria-hidden="true">
          <circle class="point s1" cx="8" cy="8" r="5" /></svg
        >kept: nothing is better in cost, latency and energy</span
      >
      <span class="key-mark"
        ><svg class="dot" viewBox="0 0 16 16" aria-hidden="true">
          <path class="cross" d="M4 4l8 8M12 4l-8 8" /></svg
        >rejected, by least cost</span
      >`,
    table: keptTable(weighed),
  });
}

function weighedOf({ chosen, pareto }: WorkloadDecision): readonly Weighed[] {
  const ids = new Set(chosen.map((item) => item.candidate.id));
  const all = new Map([...chosen, ...pareto].map((item) => [item.candidate.id, item]));
  return [...all.values()]
    .map((item) => ({
      item,
      isChosen: ids.has(item.candidate.id),
      cost: (item.listCostPerHour / 1e6 / 3600 / Math.max(item.capacity.rate.value, 1e-9)) * 1000,
      seconds: item.capacity.evidence.latency.e2e.p99.value,
    }))
    .filter((item) => Number.isFinite(item.cost) && Number.isFinite(item.seconds))
    .sort((a, b) => a.cost - b.cost);
}

/** A line through the kept candidates by cost. */
function front(weighed: readonly Weighed[], across: Axis, up: Axis): Markup {
  const points = weighed.map((item) => `${px(across.scale(item.cost))} ${px(up.scale(item.seconds))}`);
  return html`<path class="front" d="M${points.join('L')}" />`;
}

function mark(weighed: Weighed, across: Axis, up: Axis): Markup {
  const { item, isChosen } = weighed;
  const [x, y] = [across.scale(weighed.cost), up.scale(weighed.seconds)];
  const words = `${isChosen ? 'Chosen' : 'Kept'}: ${candidatePhrase(item.candidate)} on ${item.candidate.pool}, ${dollars(weighed.cost)} USD per 1,000 requests, e2e p99 ${formatDuration(weighed.seconds)}, ${formatNumber(item.energyPerOutputToken, 3)} J per token. ${isChosen ? `Carries ${ratePhrase(item.capacity.rate.value)}; ${item.capacity.limitedBy} breaks first.` : 'Not dominated, but the plan with the chosen candidates is better as a whole.'}`;
  return spoken(
    words,
    isChosen
      ? html`<path class="operating" d="M${px(x)} ${px(y - 9)}l9 9l-9 9l-9-9Z" />`
      : html`<circle class="point s1" cx="${px(x)}" cy="${px(y)}" r="5" />`,
  );
}

interface PricedRejection {
  readonly rejection: Rejection;
  /** The least it would cost, USD per thousand requests. */
  readonly cost: number;
}

/** What rejections say of cost begins with the amount; the words are those of `costPhrase` in the race of candidates. */
const LEAST_COST = /^([\d.]+) USD per 1,000 requests/;

/** Rejections that tell a least cost, cheapest first. */
export function pricedRejections(rejected: readonly Rejection[]): readonly PricedRejection[] {
  return rejected
    .flatMap((rejection) => {
      const [, amount] = LEAST_COST.exec(rejection.detail) ?? [];
      return amount === undefined ? [] : [{ rejection, cost: Number(amount) }];
    })
    .filter((item) => Number.isFinite(item.cost))
    .sort((a, b) => a.cost - b.cost);
}

function lane(rejected: readonly PricedRejection[], across: Axis): Markup {
  if (rejected.length === 0) return html``;
  const [, end = Infinity] = across.scale.domain();
  const steps = Map.groupBy(rejected, (item) =>
    Math.round(across.scale(Math.min(item.cost, end)) / LANE_STEP),
  );
  const marks = [...steps].map(([step, items]) => {
    const x = step * LANE_STEP;
    return spoken(laneWords(items), html`<path class="cross" d="M${px(x - 4)} ${LANE - 4}l8 8m0-8l-8 8" />`);
  });
  return html`<text class="lane" x="${ROOM.left - 7}" y="${LANE}" dy=".35em" aria-hidden="true">rejected</text
    ><path class="grid" d="M${ROOM.left} ${LANE}H${ROOM.width - ROOM.right}" />${marks}`;
}

function laneWords(items: readonly PricedRejection[]): string {
  const [first] = items;
  const more = items.length > 1 ? ` And ${items.length - 1} more at about this cost.` : '';
  return `Rejected: ${first?.rejection.candidate ?? ''}: ${first?.rejection.detail ?? ''}.${more}`;
}

/** The same candidates as a table. */
export function paretoTable(decision: WorkloadDecision): Markup {
  return keptTable(weighedOf(decision));
}

function keptTable(weighed: readonly Weighed[]): Markup {
  const figures = ['Requests/s per replica', 'USD per 1,000', 'TTFT p99', 'TPOT p99', 'e2e p99', 'J/token'];
  return htmlTable({
    caption: 'Candidates that nothing else beats in cost, latency and energy',
    columns: columnsOf(['Candidate', 'Pool', 'Standing', ...figures], figures),
    rows: weighed.map(({ item, isChosen, cost, seconds }) => [
      candidatePhrase(item.candidate),
      item.candidate.pool,
      isChosen ? 'chosen' : 'kept',
      ratePhrase(item.capacity.rate.value),
      dollars(cost),
      formatDuration(item.capacity.evidence.latency.ttft.p99.value),
      formatDuration(item.capacity.evidence.latency.tpot.p99.value),
      formatDuration(seconds),
      formatNumber(item.energyPerOutputToken, 3),
    ]),
  });
}

function dollars(amount: number): string {
  return formatUsd(usd(amount), 2);
}
