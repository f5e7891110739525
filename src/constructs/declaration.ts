import { Construct } from 'constructs';
import type {
  BudgetDocument,
  LlmServiceDocument,
  PolicyDocument,
  PoolDocument,
  ServiceDocument,
  WaiverDocument,
} from '../model/index.ts';

/** The lists of a problem document that declarations fill, and what each holds. */
export interface DeclaredItems {
  readonly pools: PoolDocument;
  readonly workloads: LlmServiceDocument;
  readonly services: ServiceDocument;
  readonly budgets: BudgetDocument;
  readonly policies: PolicyDocument;
  readonly waivers: WaiverDocument;
}

/** Name of a list that declarations fill. */
export type DeclaredList = keyof DeclaredItems;

/** What a construct adds to the problem document. */
export interface DeclaredFacts<List extends DeclaredList = DeclaredList> {
  readonly list: List;
  /** Word for messages: `HardwarePool`. */
  readonly noun: string;
  /** Id of the object, unique among those of its list. */
  readonly id: string;
  readonly item: DeclaredItems[List];
}

/**
 * Marks declarations. A registered symbol, so that a stack may load another copy of this package than the
 * command line does and still be understood.
 */
const DECLARATION = Symbol.for('plimsoll.declaration');

/** Base of the constructs that add something to the problem. They may stand under a `Fleet` or any grouping construct. */
export abstract class Declaration extends Construct {
  /**
   * @param scope the fleet, or a construct that groups declarations
   * @param id id of the node; the id of the object unless its `id` prop says otherwise
   */
  constructor(scope: Construct, id: string) {
    super(scope, freeNodeId(scope, id));
    Object.defineProperty(this, DECLARATION, { value: true });
  }

  /** What this construct adds to the problem document. */
  abstract declare(): DeclaredFacts;
}

/** Whether a value is a declaration, of this or another copy of the package. */
export function isDeclaration(value: unknown): value is Declaration {
  return typeof value === 'object' && value !== null && DECLARATION in value;
}

/**
 * The id itself, or with a suffix when a sibling has it or it is empty: the tree library would throw at once,
 * but a repeated or empty id is reported with all other problems of the stack.
 */
function freeNodeId(scope: Construct, id: string): string {
  const wanted = id === '' ? 'unnamed' : id;
  let free = wanted;
  for (let n = 2; scope.node.tryFindChild(free) !== undefined; n++) free = `${wanted}~${n}`;
  return free;
}
