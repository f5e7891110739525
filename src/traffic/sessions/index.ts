export { sharedPrefixSessions } from './shared-prefix-sessions.ts';
export type { LoadStage, SessionRequests, SharedPrefixSessions } from './shared-prefix-sessions.ts';
