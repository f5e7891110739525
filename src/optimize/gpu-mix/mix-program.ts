import { ProgramBuilder } from '../solvers/index.ts';
import type { IntegerProgram, Term } from '../solvers/index.ts';
import type { Mix, MixOption, MixProblem } from './mix-problem.ts';

/** Micro-dollars to the dollars of the program: coefficients of about one. */
const MICRO = 1e-6;
/** Shares below this are rounding of the solver. */
const LEAST_SHARE = 1e-7;

/** The program of a mix and how to read its solutions. */
export interface MixProgram {
  readonly program: IntegerProgram;
  readonly mixOf: (values: readonly number[]) => Mix;
}

interface OptionColumns {
  readonly option: MixOption;
  readonly replicas: number;
  /** Column of the share of each class; undefined where the option cannot serve it. */
  readonly shares: readonly (number | undefined)[];
  /** Whether it is used at all; only where it has spare replicas. */
  readonly used?: number;
}

/**
 * Whole nodes and replicas, continuous shares of every class:
 *
 *     min Σ price·nodes   with   Σ_o share_{c,o} = 1,   Σ_c rate_c·load_{c,o}·share_{c,o} + spare_o·used_o ≤ replicas_o,
 *     Σ_o accelerators_o·replicas_o ≤ accelerators·nodes,   share_{c,o} ≤ replicas_o where that says more than the load does.
 *
 * The last rows cut off fractions of replicas for small classes, which the relaxation would buy. Cost: classes × options entries.
 */
export function mixProgram(problem: MixProblem): MixProgram {
  const builder = new ProgramBuilder('gpu-mix');
  const options = problem.options.filter((option) => problem.classes.some((_, c) => canServe(option, c)));
  const nodes = new Map(
    problem.nodes.map((node) => [
      node.id,
      builder.count(node.id, node.most ?? mostNodes(problem, options, node.id), node.price * MICRO),
    ]),
  );
  const columns = options.map((option) => columnsOf(option, problem, { builder, nodes }));
  for (const item of columns) addLoadRows(item, problem, builder);
  addNodeRows(problem, { builder, nodes, columns });
  addClassRows(problem, builder, columns);
  addShareLimits(problem, builder, columns);
  return {
    program: builder.build(),
    mixOf: (values) => readMix(problem, { nodes, columns }, values),
  };
}

/** Whether an option can serve a class at all. */
export function canServe({ loads }: MixOption, index: number): boolean {
  return loads.every((row) => Number.isFinite(row[index]));
}

/** Replicas that carry everything the option can serve, with its spare ones. */
function mostReplicas(option: MixOption, { classes }: MixProblem): number {
  const needed = option.loads.map((row) =>
    classes.reduce((sum, { rate }, c) => sum + (canServe(option, c) ? rate * (row[c] ?? 0) : 0), 0),
  );
  return Math.max(1, Math.ceil(Math.max(...needed))) + (option.spare ?? 0);
}

function mostNodes(problem: MixProblem, options: readonly MixOption[], node: string): number {
  const size = problem.nodes.find((item) => item.id === node)?.accelerators ?? 1;
  return options
    .filter((option) => option.node === node)
    .reduce(
      (sum, option) => sum + Math.ceil((mostReplicas(option, problem) * option.accelerators) / size),
      0,
    );
}

function columnsOf(
  option: MixOption,
  problem: MixProblem,
  { builder, nodes }: { readonly builder: ProgramBuilder; readonly nodes: ReadonlyMap<string, number> },
): OptionColumns {
  const node = problem.nodes.find((item) => item.id === option.node);
  if (node === undefined) throw new Error(`option ${option.id} stands on an unknown node ${option.node}`);
  const isAlone = problem.options.filter((other) => other.node === option.node).length === 1;
  const own = isAlone && option.accelerators === node.accelerators ? nodes.get(node.id) : undefined;
  const replicas = own ?? builder.count(`${option.id} replicas`, mostReplicas(option, problem));
  const shares = problem.classes.map((item, c) =>
    canServe(option, c)
      ? builder.column({
          name: `${option.id} ${item.id}`,
          cost: 0,
          lower: 0,
          upper: 1,
          isInteger: false,
        })
      : undefined,
  );
  const hasSpare = (option.spare ?? 0) > 0;
  return {
    option,
    replicas,
    shares,
    ...(hasSpare ? { used: builder.count(`${option.id} used`, 1) } : {}),
  };
}

function addLoadRows(item: OptionColumns, problem: MixProblem, builder: ProgramBuilder): void {
  const { option, replicas, shares, used } = item;
  for (const [r, row] of option.loads.entries()) {
    const terms = shares.flatMap((share, c): Term[] =>
      share === undefined ? [] : [[share, (problem.classes[c]?.rate ?? 0) * (row[c] ?? 0)]],
    );
    const spare: Term[] = used === undefined ? [] : [[used, option.spare ?? 0]];
    builder.row(`${option.id} load ${r}`, { upper: 0 }, [...terms, ...spare, [replicas, -1]]);
  }
  for (const [c, share] of shares.entries()) {
    if (share === undefined) continue;
    const busiest = Math.max(...option.loads.map((row) => (problem.classes[c]?.rate ?? 0) * (row[c] ?? 0)));
    if (used !== undefined) {
      builder.row(`${option.id} ${c} used`, { upper: 0 }, [
        [share, 1],
        [used, -1],
      ]);
    } else if (busiest < 1) {
      builder.row(`${option.id} ${c} whole`, { upper: 0 }, [
        [share, 1],
        [replicas, -1],
      ]);
    }
  }
}

interface Columns {
  readonly nodes: ReadonlyMap<string, number>;
  readonly columns: readonly OptionColumns[];
}

function addNodeRows(
  problem: MixProblem,
  { builder, nodes, columns }: Columns & { readonly builder: ProgramBuilder },
): void {
  for (const node of problem.nodes) {
    const column = nodes.get(node.id) ?? 0;
    const terms = columns
      .filter(({ option, replicas }) => option.node === node.id && replicas !== column)
      .map(({ option, replicas }): Term => [replicas, option.accelerators]);
    if (terms.length > 0)
      builder.row(`${node.id} room`, { upper: 0 }, [...terms, [column, -node.accelerators]]);
  }
}

function addClassRows(problem: MixProblem, builder: ProgramBuilder, columns: readonly OptionColumns[]): void {
  const excused = problem.excused ?? 0;
  const total = problem.classes.reduce((sum, { rate }) => sum + rate, 0);
  const left: Term[] = [];
  for (const [c, item] of problem.classes.entries()) {
    const terms = columns.flatMap(({ shares }): Term[] => (shares[c] === undefined ? [] : [[shares[c], 1]]));
    if (excused > 0) {
      const column = builder.column({
        name: `${item.id} excused`,
        cost: 0,
        lower: 0,
        upper: 1,
        isInteger: false,
      });
      left.push([column, item.rate]);
      terms.push([column, 1]);
    }
    builder.row(item.id, { lower: 1, upper: 1 }, terms);
  }
  if (left.length > 0) builder.row('excused', { upper: excused * total }, left);
}

function addShareLimits(
  problem: MixProblem,
  builder: ProgramBuilder,
  columns: readonly OptionColumns[],
): void {
  const total = problem.classes.reduce((sum, { rate }) => sum + rate, 0);
  for (const [k, { options, most }] of (problem.shareLimits ?? []).entries()) {
    const terms = columns
      .filter(({ option }) => options.includes(option.id))
      .flatMap(({ shares }) =>
        shares.flatMap((share, c): Term[] =>
          share === undefined ? [] : [[share, problem.classes[c]?.rate ?? 0]],
        ),
      );
    if (terms.length > 0) builder.row(`share limit ${k}`, { upper: most * total }, terms);
  }
}

function readMix(problem: MixProblem, { nodes, columns }: Columns, values: readonly number[]): Mix {
  const counts = (entries: readonly (readonly [string, number])[]): Record<string, number> =>
    Object.fromEntries(
      entries.map(([id, column]) => [id, Math.round(values[column] ?? 0)] as const).filter(([, n]) => n > 0),
    );
  const bought = counts([...nodes]);
  const routing = problem.classes.map((_, c) => {
    const parts = columns
      .map(
        ({ option, shares }) => [option.id, shares[c] === undefined ? 0 : (values[shares[c]] ?? 0)] as const,
      )
      .filter(([, share]) => share > LEAST_SHARE);
    const sum = parts.reduce((total, [, share]) => total + share, 0);
    return Object.fromEntries(parts.map(([id, share]) => [id, share / sum]));
  });
  return {
    nodes: bought,
    replicas: counts(columns.map(({ option, replicas }) => [option.id, replicas])),
    routing,
    cost: problem.nodes.reduce((sum, { id, price }) => sum + price * (bought[id] ?? 0), 0),
  };
}
