import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { startCommentServer } from '../support/comment-server.ts';
import type { Comment, CommentServer } from '../support/comment-server.ts';
import { ROOT } from '../support/run-command.ts';

const TOKEN = 'not-a-real-token';
const MARKER = '<!-- plimsoll:diff:chat -->';
const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-comment-'));
const file = path.join(folder, 'comment.md');
let server: CommentServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each forge with its script, its settings, and the login of its bot. */
const FORGES = [
  {
    forge: 'github',
    bot: 'github-actions[bot]',
    script: 'examples/github-action/post-comment.mjs',
    settings: (url: string) => ({
      GITHUB_API_URL: url,
      GITHUB_REPOSITORY: 'acme/fleet',
      GITHUB_TOKEN: TOKEN,
      PR_NUMBER: '7',
    }),
  },
  {
    forge: 'gitlab',
    bot: 'bot',
    script: 'examples/gitlab/post-note.mjs',
    settings: (url: string) => ({
      CI_API_V4_URL: url,
      CI_PROJECT_ID: '12',
      CI_MERGE_REQUEST_IID: '7',
      PLIMSOLL_NOTE_TOKEN: TOKEN,
    }),
  },
] as const;

interface Posted {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a script as CI does, with nothing of this process's environment but the path. */
function post(script: string, settings: Readonly<Record<string, string>>): Promise<Posted> {
  const child = spawn(process.execPath, [path.join(ROOT, script)], {
    env: { PATH: process.env['PATH'] ?? '', COMMENT_FILE: file, ...settings },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

function others(count: number, body = 'Looks good.'): Comment[] {
  return Array.from({ length: count }, (_, index) => ({ id: index + 1, body, login: 'colleague' }));
}

describe.each(FORGES)('the comment on $forge', ({ forge, bot, script, settings }) => {
  it('is made once, then written over in place', async () => {
    server = await startCommentServer(forge, others(2));
    writeFileSync(file, `${MARKER}\n\nfirst\n`);
    expect((await post(script, settings(server.url))).code).toBe(0);
    writeFileSync(file, `${MARKER}\n\nsecond\n`);
    const again = await post(script, settings(server.url));
    expect([again.code, again.output]).toEqual([0, expect.stringContaining('over')]);
    expect(server.comments.map((item) => item.body)).toEqual([
      'Looks good.',
      'Looks good.',
      `${MARKER}\n\nsecond\n`,
    ]);
  });

  it('is left alone when it says the same already', async () => {
    server = await startCommentServer(forge, [{ id: 1, body: `${MARKER}\n\nsame`, login: bot }]);
    writeFileSync(file, `${MARKER}\n\nsame\n`);
    expect((await post(script, settings(server.url))).output).toContain('already');
    expect(server.asked.every((item) => item.method === 'GET')).toBe(true);
  });

  it('is found behind hundreds of others', async () => {
    const own = { id: 251, body: `${MARKER}\n\nold`, login: bot };
    server = await startCommentServer(forge, [...others(250), own]);
    writeFileSync(file, `${MARKER}\n\nnew\n`);
    await post(script, settings(server.url));
    expect(server.comments).toHaveLength(251);
    expect(server.comments[250]?.body).toContain('new');
  });

  it('is found neither in a comment of somebody else nor in one that quotes the marker nor under another name', async () => {
    server = await startCommentServer(forge, [
      { id: 1, body: `${MARKER}\n\nforged`, login: 'colleague' },
      { id: 2, body: `quoted:\n${MARKER}`, login: bot },
      { id: 3, body: '<!-- plimsoll:diff:chat-2 -->\n\nother', login: bot },
    ]);
    writeFileSync(file, `${MARKER}\n\nnew\n`);
    await post(script, settings(server.url));
    expect(server.comments.map((item) => item.body.includes('new'))).toEqual([false, false, false, true]);
  });

  it.each([
    ['has no marker', 'hello'],
    ['has a marker that is not one', '<!-- plimsoll:diff:a --> <script>'],
    ['is too long', `${MARKER}\n${'x'.repeat(65_536)}`],
    ['is longer in bytes than in characters', `${MARKER}\n${'≤'.repeat(30_000)}`],
    ['is empty', ''],
  ])('is not sent when it %s', async (_, body) => {
    server = await startCommentServer(forge);
    writeFileSync(file, body);
    expect((await post(script, settings(server.url))).code).toBe(1);
    expect(server.asked).toEqual([]);
  });

  it('fails without telling the token when the forge says no, and when settings are missing', async () => {
    server = await startCommentServer(forge);
    writeFileSync(file, `${MARKER}\n\nnew\n`);
    const wrong = { ...settings(server.url), PR_NUMBER: '8', CI_MERGE_REQUEST_IID: '8' };
    const refused = await post(script, wrong);
    expect([refused.code, refused.output]).toEqual([1, expect.stringContaining('404')]);
    expect(refused.output).not.toContain(TOKEN);
    expect(server.asked.every((item) => item.token.includes(TOKEN))).toBe(true);
    const missing = await post(script, {
      ...settings(server.url),
      GITHUB_TOKEN: '',
      PLIMSOLL_NOTE_TOKEN: '',
    });
    expect([missing.code, missing.output]).toEqual([1, expect.stringContaining('TOKEN')]);
  });
});

describe('the comment on a pull request from a fork', () => {
  const { script, settings } = FORGES[0];
  const { PR_NUMBER: _number, ...base } = settings('');

  it('is put on the open request whose head is that branch and commit', async () => {
    server = await startCommentServer('github');
    writeFileSync(file, `${MARKER}\n\nnew\n`);
    const head = { ...base, GITHUB_API_URL: server.url, HEAD: 'stranger:branch; rm -rf', HEAD_SHA: 'abc' };
    expect((await post(script, head)).code).toBe(0);
    expect(server.comments).toHaveLength(1);
  });

  it('is not put anywhere when the head has moved on', async () => {
    server = await startCommentServer('github');
    writeFileSync(file, `${MARKER}\n\nnew\n`);
    const head = { ...base, GITHUB_API_URL: server.url, HEAD: 'stranger:branch; rm -rf', HEAD_SHA: 'def' };
    expect((await post(script, head)).code).toBe(1);
    expect(server.comments).toEqual([]);
  });
});

describe('the note on GitLab', () => {
  it.each(['/merge', '  /assign @boss', '/Close'])(
    'is not sent with a line that GitLab would run: %s',
    async (line) => {
      server = await startCommentServer('gitlab');
      writeFileSync(file, `${MARKER}\n\ntext\n${line}\n`);
      const { script, settings } = FORGES[1];
      expect((await post(script, settings(server.url))).code).toBe(1);
      expect(server.comments).toEqual([]);
    },
  );
});
