import { expectedTokens, verifiedTokens } from './configuration.ts';
import type { SpeculativeDecoding } from './configuration.ts';

/**
 * What speculative decoding makes of step times. A decode step verifies γ + 1 tokens per sequence and drafts γ; its time is
 * divided by the expected tokens it yields, so that a simulation of one token per step keeps the right pace. An
 * approximation: tokens then arrive evenly instead of in bursts. Prompt tokens of a mixed step are charged in full.
 */
export class SpeculativePace {
  /** Tokens computed per sequence and step; 1 without speculation. */
  readonly verified: number;
  /** Steps as they run per token of a sequence, 0..1; 1 without speculation. */
  readonly pace: number;
  /** Drafting over a decode step: γ tokens at their share each. */
  readonly draft: number;

  constructor(speculative: SpeculativeDecoding | undefined) {
    this.verified = verifiedTokens(speculative);
    this.pace = 1 / expectedTokens(speculative);
    this.draft = speculative === undefined ? 0 : speculative.draftTokens * speculative.draftCost;
  }

  /**
   * Seconds of a step with sequences in it, per token that it yields.
   * @param whole seconds of the step as it runs
   * @param verify the same without its prompt tokens
   * @param plain seconds of a decode step of one token per sequence, by which the draft's time is stated
   */
  perToken(whole: number, verify: number, plain: number): number {
    return Math.max(0, whole - verify) + (verify + this.draft * plain) * this.pace;
  }
}
