// Posts a note on a merge request, or writes its earlier one over. Nothing is installed; Node 20 or newer runs it.
//
//   PLIMSOLL_NOTE_TOKEN   project access token, role Reporter, scope api: a masked variable (CI_JOB_TOKEN may not write notes)
//   CI_API_V4_URL, CI_PROJECT_ID, CI_MERGE_REQUEST_IID   set by GitLab
//   COMMENT_FILE          the note: its first line is the hidden marker by which it is found again
//
// What the file holds may come from a branch that nobody has reviewed. It is data here: sent as JSON, never given to a shell.
import { readFileSync } from 'node:fs';
import { env, exit } from 'node:process';

/** Far below the 1,000,000 characters that GitLab takes; what plimsoll diff writes is shorter. */
const MOST_BYTES = 65_536;
const PER_PAGE = 100;
const MARKER = /^<!-- plimsoll:[a-z]+:[\w.%-]+ -->$/;

/** The marker of a note: its first line. Throws where there is none, or where GitLab would take a line of it for a command. */
function markerOf(body) {
  const [first = ''] = body.split(/\r?\n/, 1);
  if (!MARKER.test(first))
    throw new Error('The file does not begin with a marker; was it made by plimsoll diff?');
  if (Buffer.byteLength(body) >= MOST_BYTES) throw new Error('The note is longer than it should be.');
  // A line such as "/merge" is a quick action, done with the rights of the token.
  if (/^\s*\/[a-z]/im.test(body))
    throw new Error('A line of the note begins with a slash: GitLab would run it.');
  return first;
}

/** Makes a function that calls the API; it throws on every answer that is no success, without the token. */
function apiOf({ CI_API_V4_URL = '', PLIMSOLL_NOTE_TOKEN = '' }) {
  if (CI_API_V4_URL === '' || PLIMSOLL_NOTE_TOKEN === '') {
    throw new Error('CI_API_V4_URL or PLIMSOLL_NOTE_TOKEN is empty.');
  }
  return async (method, path, body) => {
    const answer = await fetch(`${CI_API_V4_URL}${path}`, {
      method,
      headers: { 'private-token': PLIMSOLL_NOTE_TOKEN, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path.split('?')[0]} was answered with ${answer.status}.`);
    return answer.json();
  };
}

/** The note that this script wrote before: of the token's own user, with the same marker as its first line. */
async function earlierNote(api, notes, marker) {
  const { id } = await api('GET', '/user');
  for (let page = 1; ; page += 1) {
    const found = await api('GET', `${notes}?per_page=${PER_PAGE}&page=${page}`);
    const own = found.find(
      (item) => item.author?.id === id && (item.body ?? '').split(/\r?\n/, 1)[0] === marker,
    );
    if (own !== undefined || found.length < PER_PAGE) return own;
  }
}

/** Posts the note or writes the earlier one over; says in one sentence which. */
async function postNote(settings) {
  const body = readFileSync(settings.COMMENT_FILE ?? '', 'utf8');
  const marker = markerOf(body);
  const api = apiOf(settings);
  const { CI_PROJECT_ID: project = '', CI_MERGE_REQUEST_IID: request = '' } = settings;
  if (!/^\d+$/.test(project) || !/^\d+$/.test(request))
    throw new Error('This is no pipeline of a merge request.');
  const notes = `/projects/${project}/merge_requests/${request}/notes`;
  const earlier = await earlierNote(api, notes, marker);
  if (earlier === undefined) {
    await api('POST', notes, { body });
    return `Commented on !${request}.`;
  }
  if (earlier.body.trimEnd() === body.trimEnd()) return `The note on !${request} says so already.`;
  await api('PUT', `${notes}/${earlier.id}`, { body });
  return `Wrote the note on !${request} over.`;
}

try {
  console.log(await postNote(env));
} catch (error) {
  console.error(error.message);
  exit(1);
}
