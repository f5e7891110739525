export type { Quantity } from './brand.ts';
export * from './quantities.ts';
export * from './currency.ts';
export * from './money.ts';
export * from './parse.ts';
export * from './parse-kubernetes.ts';
export * from './format.ts';
export * from './order.ts';
