export { withReplays } from './with-replays.ts';
