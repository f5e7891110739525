import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { worldSource } from '../../src/apply/drift/testing/metric-world.ts';
import type { World } from '../../src/apply/drift/testing/metric-world.ts';

/** A Prometheus and an OpenCost on loopback that answer what a test says, in the shapes of their HTTP APIs. */
export interface MeasurementServer {
  readonly url: string;
  /** Authorization headers received, in order; empty where none was sent. */
  readonly authorizations: readonly string[];
  /** PromQL queries received, in order. */
  readonly queries: readonly string[];
  /** Parameters with which allocations were asked for. */
  readonly allocations: readonly URLSearchParams[];
  close(): Promise<void>;
}

/** What the server answers with. */
export interface MeasurementAnswers {
  readonly world?: World;
  /** Body of `/allocation`. */
  readonly allocation?: unknown;
  /** Status and body instead of every answer. */
  readonly failure?: { readonly status: number; readonly body: string; readonly location?: string };
}

/** Starts the server at a free port of loopback. */
export async function startMeasurementServer(answers: MeasurementAnswers): Promise<MeasurementServer> {
  const authorizations: string[] = [];
  const queries: string[] = [];
  const allocations: URLSearchParams[] = [];
  const source = worldSource(answers.world ?? {}, queries);
  const answer = async (request: IncomingMessage): Promise<unknown> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.endsWith('/allocation')) {
      allocations.push(url.searchParams);
      return answers.allocation;
    }
    const body = new URLSearchParams(await bodyOf(request));
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(body.get(name)));
    const series = await source.range(body.get('query') ?? '', { start: start!, end: end!, step: step! });
    const result = series.map(({ labels, points }) => ({
      metric: labels,
      values: points.map(([time, value]) => [time, String(value)]),
    }));
    return { status: 'success', data: { resultType: 'matrix', result } };
  };
  const server = createServer((request, response) => {
    authorizations.push(request.headers.authorization ?? '');
    const { failure } = answers;
    if (failure !== undefined) {
      response.writeHead(
        failure.status,
        failure.location === undefined ? {} : { location: failure.location },
      );
      response.end(failure.body);
      return;
    }
    void answer(request).then((body) => response.end(JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    authorizations,
    queries,
    allocations,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
