import type { Construct } from 'constructs';
import type { MonthlyUsdText } from '../units/index.ts';
import { Declaration } from './declaration.ts';
import type { DeclaredFacts } from './declaration.ts';

/** A limit on money. */
export interface BudgetProps {
  /** Id of the budget, unique in the fleet. Default: the id of the construct. */
  readonly id?: string;
  /** Most that may be spent, such as `90000 USD/month` (730 h) or `120 USD/hour`. */
  readonly limit: MonthlyUsdText;
  /** Team it applies to. Default: the whole fleet. */
  readonly team?: string;
}

/**
 * Declares a limit on money that every plan keeps.
 *
 *     new Budget(fleet, 'monthly', { limit: '90000 USD/month' });
 */
export class Budget extends Declaration {
  /** Id of the budget, unique in the fleet. */
  readonly id: string;
  readonly #props: BudgetProps;

  constructor(scope: Construct, id: string, props: BudgetProps) {
    super(scope, id);
    this.id = props.id ?? id;
    this.#props = props;
  }

  override declare(): DeclaredFacts<'budgets'> {
    return { list: 'budgets', noun: 'Budget', id: this.id, item: { ...this.#props, id: this.id } };
  }
}
