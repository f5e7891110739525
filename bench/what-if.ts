/**
 * What-if questions against planning each variant from scratch.
 *
 *     npm run bench:what-if -- [--stack examples/chat/problem.yaml] [--jobs 2] [--repeats 1] [--json]
 *
 * Plans the stack as declared and with the six changes below: one after the other as `plimsoll plan` would (nothing shared, with prices of rules and
 * runners-up), then as `plimsoll whatif` does. Both in this process, in turn, so that what else the machine does weighs on both. Seconds of wall and
 * of processor time, the latter summed over threads; also checks that costs are equal. No data folder is needed.
 */
import { parseArgs } from 'node:util';
import { loadStack, planVariants, resolveStack } from '../src/engine/index.ts';
import type { EngineHost } from '../src/engine/index.ts';
import { planningCrew } from '../src/engine/what-if/planning-crew.ts';
import { BASE_NAME } from '../src/engine/what-if/what-if.ts';
import { variantsOf } from '../src/engine/what-if/variants.ts';
import type { Variant } from '../src/engine/what-if/variants.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    stack: { type: 'string', default: 'examples/chat/problem.yaml' },
    set: { type: 'string', multiple: true },
    jobs: { type: 'string', default: '2' },
    repeats: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

/** Questions about examples/chat: prices up and down, traffic, one limit, one pool less. */
const SETS = [
  'pools.h100.price=-20%, pools.h100.spotPrice=-20%',
  'pools.h100.price=+20%, pools.h100.spotPrice=+20%',
  'pools.a100.price=-20%',
  'workloads.chat.rate=x0.5',
  'workloads.chat.slo=+25%',
  'budgets.monthly.limit=+50%',
];

/** What one way of planning took. */
interface Effort {
  readonly wallSeconds: number;
  readonly processorSeconds: number;
  readonly costs: readonly (number | undefined)[];
}

const host: EngineHost = {
  workingDirectory: process.cwd(),
  today: new Date().toISOString().slice(0, 10),
  emit: () => undefined,
  elapsedSeconds: () => performance.now() / 1000,
};

async function timed(work: () => Promise<Effort['costs']>): Promise<Effort> {
  const [wall, processor] = [performance.now(), process.cpuUsage()];
  const costs = await work();
  const { user, system } = process.cpuUsage(processor);
  return {
    wallSeconds: (performance.now() - wall) / 1000,
    processorSeconds: (user + system) / 1e6,
    costs,
  };
}

const stack = await loadStack(values.stack, host);
const resolved = stack.ok ? await resolveStack(stack.value, {}, host) : stack;
const asked = variantsOf({ set: values.set ?? SETS });
if (!stack.ok || !resolved.ok || !asked.ok) throw new Error('the stack or a change cannot be read');
const base = { stack: stack.value, resolved: resolved.value, flags: {} };
const variants: readonly Variant[] = [{ name: BASE_NAME, assignments: [] }, ...asked.value];

async function planned(
  own: readonly Variant[],
  jobs: number,
  isExplained: boolean,
): Promise<Effort['costs']> {
  const crew = planningCrew({ jobs }, host);
  if (!crew.ok) throw new Error('unreachable');
  const found = await planVariants(base, own, { crew: crew.value, host, isExplained });
  await crew.value.close();
  if (!found.ok) throw new Error(found.diagnostics.map((item) => item.summary).join('\n'));
  return found.value.map((item) => item.plan?.cost.totalPerMonth);
}

const runs: { readonly apart: Effort; readonly together: Effort }[] = [];
for (let repeat = 0; repeat < Number(values.repeats); repeat++) {
  const apart = await timed(async () => {
    const costs: (number | undefined)[] = [];
    for (const variant of variants) costs.push(...(await planned([variant], 1, true)));
    return costs;
  });
  const together = await timed(() => planned(variants, Number(values.jobs), false));
  if (JSON.stringify(apart.costs) !== JSON.stringify(together.costs)) throw new Error('the costs differ');
  runs.push({ apart, together });
}

if (values.json)
  console.log(JSON.stringify({ stack: values.stack, variants: variants.length, runs }, undefined, 2));
else
  for (const { apart, together } of runs) {
    const line = ({ wallSeconds, processorSeconds }: Effort): string =>
      `${wallSeconds.toFixed(1)} s, ${processorSeconds.toFixed(1)} s of processors`;
    console.log(`${variants.length} plans of ${values.stack}, costs equal`);
    console.log(`  each from scratch: ${line(apart)}`);
    console.log(`  what-if, ${values.jobs} jobs: ${line(together)}`);
  }
