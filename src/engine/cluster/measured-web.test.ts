import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startMeasurementServer } from '../../../test/support/measurement-server.ts';
import type { MeasurementAnswers } from '../../../test/support/measurement-server.ts';
import { steady } from '../../apply/drift/testing/metric-world.ts';
import { quietHost } from '../testing/host.ts';
import { webSource } from './measured-address.ts';
import { prometheusSource } from './measured-prometheus.ts';
import { measurementDiagnostic } from './measured-web.ts';

const VARIABLE = 'PLIMSOLL_TEST_TOKEN';
const TIMES = { start: 3600, end: 7200, step: 3600 };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Asks a server through an address as the user writes it; the answer, or the diagnostic as text. */
async function ask(answers: MeasurementAnswers, addressOf: (url: string) => string = (url) => url) {
  const server = await startMeasurementServer(answers);
  try {
    const source = await webSource(
      { name: 'Prometheus', url: addressOf(server.url), tokenVariable: VARIABLE },
      quietHost(),
    );
    if (!source.ok) throw new Error('no source');
    const answer = await prometheusSource(source.value)
      .range('up', TIMES)
      .catch((error: unknown) => JSON.stringify(measurementDiagnostic(error)));
    return { answer, shown: source.value.shown, authorizations: server.authorizations };
  } finally {
    await server.close();
  }
}

const withUser = (url: string): string => url.replace('http://', 'http://olga:s3cret@');

describe('a Prometheus over HTTP', () => {
  it('is asked for series over time', async () => {
    const { answer } = await ask({ world: { up: steady(1) } });
    expect(answer).toEqual([
      {
        labels: {},
        points: [
          [3600, 1],
          [7200, 1],
        ],
      },
    ]);
  });

  it('may have its API below a path', async () => {
    const { answer, shown } = await ask({ world: { up: steady(1) } }, (url) => `${url}/prometheus/`);
    expect(answer).toHaveLength(1);
    expect(shown).toMatch(/\/prometheus\/$/);
  });

  it('gets user and password of its address, which is shown without them', async () => {
    const { authorizations, shown } = await ask({}, withUser);
    expect(authorizations).toEqual([`Basic ${Buffer.from('olga:s3cret').toString('base64')}`]);
    expect(shown).not.toMatch(/olga|s3cret/);
  });

  it('gets the token of the environment rather than user and password', async () => {
    vi.stubEnv(VARIABLE, 'tok-1');
    expect((await ask({}, withUser)).authorizations).toEqual(['Bearer tok-1']);
  });

  it.each<[string, MeasurementAnswers, RegExp]>([
    [
      'refuses the credentials',
      { failure: { status: 401, body: '' } },
      /refuses the credentials \(HTTP 401\)/,
    ],
    [
      'does not take the query',
      { failure: { status: 400, body: '{"status":"error","error":"parse error"}' } },
      /HTTP 400: parse error/,
    ],
    ['answers with a page', { failure: { status: 200, body: '<html>' } }, /no JSON/],
    [
      'answers something else',
      { failure: { status: 200, body: '{"data":1}' } },
      /does not answer as a Prometheus/,
    ],
    [
      'sends elsewhere, where credentials must not go',
      { failure: { status: 302, body: '', location: 'http://127.0.0.1:1/' } },
      /cannot be reached/,
    ],
  ])('that %s is named without credentials', async (_, answers, words) => {
    const { answer } = await ask(answers, withUser);
    expect(answer).toMatch(words);
    expect(answer).toContain('apply-metrics-unreachable');
    expect(answer).not.toMatch(/olga|s3cret/);
  });

  it('that is not there is named', async () => {
    const source = await webSource(
      { name: 'Prometheus', url: 'http://127.0.0.1:1', tokenVariable: VARIABLE },
      quietHost(),
    );
    if (!source.ok) throw new Error('no source');
    await expect(prometheusSource(source.value).range('up', TIMES)).rejects.toThrow(/cannot be reached/);
  });
});

describe('an address of measurements', () => {
  const codes = async (url: string, tokenFile?: string) => {
    const read = await webSource(
      { name: 'Prometheus', url, tokenVariable: VARIABLE, ...(tokenFile === undefined ? {} : { tokenFile }) },
      quietHost(),
    );
    return read.diagnostics.map((item) => [item.code, item.summary].join(' '));
  };

  it('must be http or https, and is not repeated when it is not', async () => {
    for (const url of ['prometheus:9090', 'ftp://olga:s3cret@host', 'http://']) {
      expect(await codes(url)).toEqual([
        'apply-metrics-address The address of Prometheus is no http or https address.',
      ]);
    }
  });

  it('gets a warning where credentials would go in plain over a network', async () => {
    expect((await codes('http://olga:s3cret@prometheus.example'))[0]).toMatch(/apply-metrics-plain/);
    expect(await codes('http://olga:s3cret@localhost:9090')).toEqual([]);
    expect(await codes('https://olga:s3cret@prometheus.example')).toEqual([]);
    expect(await codes('http://prometheus.example')).toEqual([]);
  });

  it('needs a token file with a token in it, whose content is never shown', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'plimsoll-'));
    try {
      const file = path.join(folder, 'token');
      expect((await codes('http://localhost', file))[0]).toMatch(/apply-metrics-token.*cannot be read/);
      for (const text of ['', 'tok en-9', 'tök-9']) {
        writeFileSync(file, text);
        const [found] = await codes('http://localhost', file);
        expect(found).toMatch(/apply-metrics-token/);
        expect(found).not.toMatch(/en-9|tök/);
      }
      writeFileSync(file, 'tok-2\n');
      expect(await codes('http://localhost', file)).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
