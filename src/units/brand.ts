declare const unit: unique symbol;

/**
 * A number that carries its physical unit in its type.
 * A branded number is assignable to `number`, never the other way round: quantities are made
 * by the named constructors of this folder, so a unit is stated exactly once, where a value enters.
 */
export type Quantity<Unit extends string> = number & { readonly [unit]: Unit };
