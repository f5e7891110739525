export { randomStream } from './stream.ts';
export type { RandomStream } from './stream.ts';
