// Posts a comment on a pull request, or writes its earlier one over. Nothing is installed; Node 20 or newer runs it.
//
//   GITHUB_TOKEN       token that may write comments (permission pull-requests: write)
//   GITHUB_REPOSITORY  owner/name          GITHUB_API_URL  set by GitHub; default https://api.github.com
//   COMMENT_FILE       the comment: its first line is the hidden marker by which it is found again
//   COMMENT_AUTHOR     login that the token writes as; default github-actions[bot]
//   PR_NUMBER          number of the pull request, or for runs that do not know it:
//   HEAD, HEAD_SHA     owner:branch and commit of its head
//
// What the file holds may come from a stranger's branch. It is data here: sent as JSON, never given to a shell.
import { readFileSync } from 'node:fs';
import { env, exit } from 'node:process';

/** GitHub: "maximum is 65536 characters"; text has at least as many bytes as characters, however they are counted. */
const MOST_BYTES = 65_536;
const PER_PAGE = 100;
const MARKER = /^<!-- plimsoll:[a-z]+:[\w.%-]+ -->$/;

/** The marker of a comment: its first line. Throws where there is none, or the comment is too long to be taken. */
function markerOf(body) {
  const [first = ''] = body.split(/\r?\n/, 1);
  if (!MARKER.test(first))
    throw new Error('The file does not begin with a marker; was it made by plimsoll diff?');
  if (Buffer.byteLength(body) >= MOST_BYTES) throw new Error('The comment is longer than GitHub takes.');
  return first;
}

/** Makes a function that calls the API of a repository; it throws on every answer that is no success, without the token. */
function apiOf({ GITHUB_API_URL = 'https://api.github.com', GITHUB_REPOSITORY = '', GITHUB_TOKEN = '' }) {
  if (!/^[\w.-]+\/[\w.-]+$/.test(GITHUB_REPOSITORY)) throw new Error('GITHUB_REPOSITORY is not owner/name.');
  if (GITHUB_TOKEN === '') throw new Error('GITHUB_TOKEN is empty.');
  return async (method, path, body) => {
    const answer = await fetch(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}${path}`, {
      method,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${GITHUB_TOKEN}`,
        'content-type': 'application/json',
        'x-github-api-version': '2022-11-28',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path.split('?')[0]} was answered with ${answer.status}.`);
    return answer.json();
  };
}

/** The pull request to comment on: as named, or the open one whose head is this branch and this very commit. */
async function pullRequest(api, { PR_NUMBER = '', HEAD = '', HEAD_SHA = '' }) {
  if (/^[1-9]\d*$/.test(PR_NUMBER)) return Number(PR_NUMBER);
  if (PR_NUMBER !== '' || HEAD === '') throw new Error('Set PR_NUMBER, or HEAD and HEAD_SHA.');
  const open = await api('GET', `/pulls?state=open&per_page=${PER_PAGE}&head=${encodeURIComponent(HEAD)}`);
  const found = open.find((item) => item.head.sha === HEAD_SHA);
  if (found === undefined) throw new Error('No open pull request has this commit as its head.');
  return found.number;
}

/** The comment that this script wrote before: of the same author, with the same marker as its first line. */
async function earlierComment(api, { number, marker, author }) {
  for (let page = 1; ; page += 1) {
    const comments = await api('GET', `/issues/${number}/comments?per_page=${PER_PAGE}&page=${page}`);
    // The author is looked at, so that nobody has a comment of theirs taken for it by copying the marker.
    const own = comments.find((item) => item.user?.login === author && firstLine(item.body) === marker);
    if (own !== undefined || comments.length < PER_PAGE) return own;
  }
}

function firstLine(body) {
  return (body ?? '').split(/\r?\n/, 1)[0];
}

/** Posts the comment or writes the earlier one over; says in one sentence which. */
async function postComment(settings) {
  const body = readFileSync(settings.COMMENT_FILE ?? '', 'utf8');
  const marker = markerOf(body);
  const api = apiOf(settings);
  const number = await pullRequest(api, settings);
  const author = settings.COMMENT_AUTHOR ?? 'github-actions[bot]';
  const earlier = await earlierComment(api, { number, marker, author });
  if (earlier === undefined) {
    await api('POST', `/issues/${number}/comments`, { body });
    return `Commented on #${number}.`;
  }
  if (earlier.body.replaceAll('\r\n', '\n').trimEnd() === body.trimEnd())
    return `The comment on #${number} says so already.`;
  await api('PATCH', `/issues/comments/${earlier.id}`, { body });
  return `Wrote the comment on #${number} over.`;
}

try {
  console.log(await postComment(env));
} catch (error) {
  console.error(error.message);
  exit(1);
}
