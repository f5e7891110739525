import { diagnostic } from '../../diagnostics/index.ts';
import type { Diagnostic } from '../../diagnostics/index.ts';
import { mapBounded } from '../cluster/bounded.ts';
import type { ClusterClient, ClusterObject } from '../cluster/cluster-client.ts';
import type { Clock } from '../cluster/patience.ts';
import { PART_OF_LABEL } from './apply-set.ts';
import { groupKind, inWords, keyOf, objectCount, refOf } from './object-key.ts';
import { whyPending } from './pending-pods.ts';
import { GRACE_SECONDS, needsWaiting, readinessOf } from './readiness.ts';
import type { Readiness } from './readiness.ts';

/** How objects are waited for. */
export interface WaitSettings {
  readonly client: ClusterClient;
  readonly clock: Clock;
  readonly setId: string;
  /** Seconds of the clock after which waiting ends. */
  readonly deadline: number;
  /** Throws when the user wants to stop. */
  checkStopped(): void;
  /** Hears how many are ready. */
  onProgress(ready: number, all: number): void;
}

const FIRST_PAUSE = 0.3;
const LONGEST_PAUSE = 2;
/** Objects named in a message; the rest are counted. */
const NAMED = 10;

/**
 * Waits until the objects are ready. One list per kind and namespace is asked for at a time, however many objects there are.
 * Gives `apply-not-ready` with what each still lacks when the time is over or one is beyond help; undefined when all are ready.
 */
export async function waitReady(
  objects: readonly ClusterObject[],
  settings: WaitSettings,
): Promise<Diagnostic | undefined> {
  const waited = objects.filter((object) => needsWaiting(object.kind));
  const start = settings.clock.now();
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    const now = settings.clock.now();
    const graceIsOver = now - start >= GRACE_SECONDS || now >= settings.deadline;
    const judged = await judge(waited, settings);
    const open = judged.filter(({ readiness }) => !counts(readiness, graceIsOver));
    settings.onProgress(waited.length - open.length, waited.length);
    if (open.length === 0) return undefined;
    const isHopeless = open.some(({ readiness }) => readiness.state === 'failed');
    if (isHopeless || settings.clock.now() >= settings.deadline)
      return notReady(settings.client, open, isHopeless);
    settings.checkStopped();
    await settings.clock.sleep(pause);
    settings.checkStopped();
  }
}

interface Judged {
  readonly object: ClusterObject;
  readonly readiness: Readiness;
}

/** Whether an object needs no more waiting: ready, or its controller does not speak. */
function counts(readiness: Readiness, graceIsOver: boolean): boolean {
  return readiness.state === 'ready' || (readiness.state === 'waiting' && !readiness.isJudged && graceIsOver);
}

async function judge(
  objects: readonly ClusterObject[],
  { client, setId }: WaitSettings,
): Promise<readonly Judged[]> {
  const places = new Map(
    objects.map((object) => [`${groupKind(object)}/${object.metadata.namespace ?? ''}`, object]),
  );
  const lists = await mapBounded([...places.values()], 8, ({ apiVersion, kind, metadata }) =>
    client.list(
      { apiVersion, kind },
      {
        labelSelector: `${PART_OF_LABEL}=${setId}`,
        ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
      },
    ),
  );
  const live = new Map(lists.flat().map((object) => [keyOf(object), object]));
  return objects.map((object) => {
    const found = live.get(keyOf(object));
    return {
      object,
      readiness:
        found === undefined ? { state: 'waiting', reason: 'not there', isJudged: true } : readinessOf(found),
    };
  });
}

async function notReady(
  client: ClusterClient,
  open: readonly Judged[],
  isHopeless: boolean,
): Promise<Diagnostic> {
  const lines = await mapBounded(open.slice(0, NAMED), 4, async ({ object, readiness }) => {
    const reason = readiness.state === 'ready' ? '' : readiness.reason;
    const pods = await whyPending(client, object);
    return `${inWords(refOf(object))}: ${reason}${pods === '' ? '' : `; ${pods}`}`;
  });
  const more = open.length > NAMED ? [`and ${open.length - NAMED} more`] : [];
  return diagnostic('apply-not-ready', {
    summary: `${objectCount(open.length)} did not become ready${isHopeless ? '' : ' in time'}.`,
    detail: [...lines, ...more].join('\n'),
    path: open[0] === undefined ? '' : inWords(refOf(open[0].object)),
    fix: 'Find out what they lack (`kubectl describe`); apply again to go on, with a longer --timeout if they only need time.',
  });
}
