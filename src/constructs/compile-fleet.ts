import type { IConstruct } from 'constructs';
import { diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import { PROBLEM_API_VERSION, parseProblem } from '../model/index.ts';
import type { ProblemDocument } from '../model/index.ts';
import { sortedBy } from '../units/index.ts';
import { isDeclaration } from './declaration.ts';
import type { DeclaredFacts, DeclaredItems, DeclaredList } from './declaration.ts';
import type { Fleet } from './fleet.ts';
import { plainCopy } from './plain-copy.ts';

/** A fleet as a document, and where each object of the document was declared. */
export interface CompiledFleet {
  readonly document: ProblemDocument;
  /** Construct path by document path: `pools[0]` → `aws/h100`. */
  readonly paths: ReadonlyMap<string, string>;
}

/** A declaration of the tree with its place. */
interface Declared {
  readonly facts: DeclaredFacts;
  readonly construct: IConstruct;
  readonly path: string;
}

/**
 * Compiles a construct tree into a problem document. Objects are ordered by id and then by path, never by insertion.
 * Errors: `stack-misplaced` (a declaration under another one, a pool of another fleet), `stack-validation-failed` (from
 * `node.addValidation`), `model-duplicate-id`. The document itself is not validated, unless the tree has errors:
 * then its problems are reported with them.
 */
export function compileFleet(fleet: Fleet): Outcome<CompiledFleet> {
  const constructs = sortedBy(fleet.node.findAll(), (construct) => construct.node.path);
  const declared = sortedBy(
    constructs.filter(isDeclaration).map((construct): Declared => ({
      facts: construct.declare(),
      construct,
      path: construct.node.path,
    })),
    ({ facts }) => String(facts.id),
  );
  const problems = [
    ...declared.flatMap((item) => misplaced(item, fleet)),
    ...declared.flatMap((item) => foreigners(item, fleet)),
    ...repeatedIds(declared),
    ...constructs.flatMap(ownValidation),
  ];
  const compiled = compile(fleet, declared);
  if (problems.length === 0) return success(compiled);
  const parsed = parseProblem(compiled.document, { pathOf: (path) => constructPathOf(path, compiled.paths) });
  const others = parsed.diagnostics.filter((item) => item.code !== 'model-duplicate-id');
  return failure(...sortedBy([...problems, ...others], (item) => item.path));
}

function compile(fleet: Fleet, declared: readonly Declared[]): CompiledFleet {
  const paths = new Map<string, string>();
  const listOf = <List extends DeclaredList>(list: List): DeclaredItems[List][] => {
    const members = declared.filter(({ facts }) => facts.list === list);
    members.forEach(({ path }, index) => paths.set(`${list}[${index}]`, path));
    return members.map(({ facts }) => plainCopy(facts.item) as DeclaredItems[List]);
  };
  const services = listOf('services');
  const { seed, objective, limits, confidence, catalog, calibration, spot, tenancy, placement } = fleet.props;
  const document: ProblemDocument = {
    apiVersion: PROBLEM_API_VERSION,
    name: fleet.name,
    ...(seed === undefined ? {} : { seed }),
    ...(objective === undefined ? {} : { objective }),
    ...(limits === undefined ? {} : { limits: plainCopy(limits) as typeof limits }),
    ...(confidence === undefined ? {} : { confidence }),
    pools: listOf('pools'),
    workloads: listOf('workloads'),
    ...(services.length === 0 ? {} : { services }),
    budgets: listOf('budgets'),
    policies: listOf('policies'),
    waivers: listOf('waivers'),
    ...(catalog === undefined ? {} : { catalog: plainCopy(catalog) as typeof catalog }),
    ...(calibration === undefined ? {} : { calibration: plainCopy(calibration) as typeof calibration }),
    ...(spot === undefined ? {} : { spot: plainCopy(spot) as typeof spot }),
    ...(tenancy === undefined ? {} : { tenancy: plainCopy(tenancy) as typeof tenancy }),
    ...(placement === undefined ? {} : { placement }),
  };
  return { document, paths };
}

/**
 * The construct path for a document path: `workloads[0].slo.ttft` → `chat: slo.ttft`. Paths outside every construct
 * (`name`) stay as they are.
 */
export function constructPathOf(documentPath: string, paths: CompiledFleet['paths']): string {
  const item = /^[a-z]+\[\d+\]/.exec(documentPath)?.[0] ?? '';
  const construct = paths.get(item);
  if (construct === undefined) return documentPath;
  const rest = documentPath.slice(item.length).replace(/^\./, '');
  return rest === '' ? construct : `${construct}: ${rest}`;
}

/** Declarations stand under the fleet or under constructs that are no declarations themselves. */
function misplaced({ facts, construct, path }: Declared, fleet: Fleet): Diagnostic[] {
  const above = construct.node.scopes.slice(0, -1).findLast(isDeclaration);
  if (above === undefined) return [];
  const parent = above.declare();
  return [
    diagnostic('stack-misplaced', {
      path,
      summary: `${facts.noun} "${facts.id}" stands under ${parent.noun} "${parent.id}", which takes no children.`,
      fix: `Give it the fleet "${fleet.name}" or a grouping construct as its scope.`,
    }),
  ];
}

/** Where declarations give others as constructs, and what a message calls them. */
const NAMED_BY = [
  { property: 'poolConstructs', noun: 'Pool', field: 'pools' },
  { property: 'serviceConstructs', noun: 'Service', field: 'services' },
] as const;

/** Pools and services given to a service as constructs belong to the same fleet. */
function foreigners({ construct, path }: Declared, fleet: Fleet): Diagnostic[] {
  return NAMED_BY.flatMap(({ property, noun, field }) => {
    const named: unknown = Reflect.get(construct, property);
    return (Array.isArray(named) ? (named as readonly unknown[]) : [])
      .filter(isDeclaration)
      .filter((item) => item.node.root !== fleet)
      .map((item) =>
        diagnostic('stack-misplaced', {
          path: `${path}: ${field}`,
          summary: `${noun} "${item.declare().id}" belongs to another fleet.`,
          fix: `Declare the ${noun.toLowerCase()} in fleet "${fleet.name}".`,
        }),
      );
  });
}

function repeatedIds(declared: readonly Declared[]): Diagnostic[] {
  const first = new Map<string, Declared>();
  return declared.flatMap((item) => {
    const { list, noun, id } = item.facts;
    if (list === 'waivers') return [];
    const key = `${list} ${id}`;
    const earlier = first.get(key);
    if (earlier === undefined) {
      first.set(key, item);
      return [];
    }
    return [
      diagnostic('model-duplicate-id', {
        path: item.path,
        summary: `${noun} "${id}" is declared twice.`,
        detail: `The other one is ${earlier.path}.`,
        fix: `Set the id prop of one of them, such as { id: "${item.path.toLowerCase().replace(/[^a-z0-9]+/g, '-')}" }.`,
      }),
    ];
  });
}

/** What the construct's own validations say; one that throws is reported like one that complains. */
function ownValidation(construct: IConstruct): Diagnostic[] {
  const report = (summary: string) =>
    diagnostic('stack-validation-failed', { path: construct.node.path, summary });
  try {
    return construct.node.validate().map(report);
  } catch (error) {
    return [report(`A validation threw: ${error instanceof Error ? error.message : String(error)}`)];
  }
}
