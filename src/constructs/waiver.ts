import type { Construct } from 'constructs';
import { Declaration } from './declaration.ts';
import type { DeclaredFacts } from './declaration.ts';

/** A stated exception to a rule. */
export interface WaiverProps {
  /** Id of the rule whose violations do not count. */
  readonly rule: string;
  /** Id of the subject it holds for, or `*` for every subject. Default: `*`. */
  readonly subject?: string;
  /** Who answers for the exception. */
  readonly owner: string;
  /** Why it is acceptable. */
  readonly reason: string;
  /** Last day it counts, such as `2026-12-31`. */
  readonly expires: string;
}

/**
 * Declares that violations of a rule do not count until a date.
 *
 *     new Waiver(fleet, 'one-zone-until-q3', {
 *       rule: 'two-zones', subject: 'chat', owner: 'sre@example.com', reason: 'new zone opens in Q3', expires: '2026-09-30',
 *     });
 */
export class Waiver extends Declaration {
  readonly #props: WaiverProps;

  constructor(scope: Construct, id: string, props: WaiverProps) {
    super(scope, id);
    this.#props = props;
  }

  override declare(): DeclaredFacts<'waivers'> {
    return { list: 'waivers', noun: 'Waiver', id: this.node.id, item: this.#props };
  }
}
