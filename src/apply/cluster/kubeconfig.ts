import { existsSync } from 'node:fs';
import https from 'node:https';
import type { RequestOptions } from 'node:https';
import { homedir } from 'node:os';
import path from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { diagnostic, failure, success, suggestion } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import type { Endpoint } from './exchange.ts';

/** Which cluster is meant, and as whom. */
export interface ClusterChoice {
  /** File; default the files of `KUBECONFIG`, then `~/.kube/config`, then the service account of the pod. */
  readonly kubeconfig?: string;
  /** Context of the file; default its current one. */
  readonly context?: string;
}

/** A cluster to speak to. */
export interface ClusterAccess extends Endpoint {
  /** Context and address, for messages. */
  readonly description: string;
}

/** Token of a pod's own service account (Kubernetes, "Accessing the API from a Pod", 2026). */
const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';
/** Connections kept open; as many as requests under way at a time. */
const CONNECTIONS = 16;

/**
 * Reads the kubeconfig. Nothing is sent yet. The client library is loaded here, when a cluster is really needed.
 * Errors: `apply-no-kubeconfig`, `apply-kubeconfig-invalid`, `apply-unknown-context`.
 */
export async function readKubeconfig(choice: ClusterChoice): Promise<Outcome<ClusterAccess>> {
  const missing = whyAbsent(choice);
  if (missing !== undefined) return failure(missing);
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  const shown = choice.kubeconfig ?? 'the kubeconfig';
  try {
    if (choice.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(choice.kubeconfig);
  } catch (error) {
    return failure(invalid(shown, firstLine(error)));
  }
  const context = choice.context ?? config.currentContext;
  const problem = whyUnusable(config, context, shown);
  if (problem !== undefined) return failure(problem);
  config.setCurrentContext(context);
  return success(accessOf(config, context));
}

function accessOf(config: KubeConfig, context: string): ClusterAccess {
  const cluster = config.getCurrentCluster();
  const server = cluster?.server ?? '';
  // The library's agent opens a connection per request; a proxy still needs it.
  const agent =
    cluster?.proxyUrl === undefined && server.startsWith('https:')
      ? new https.Agent({ keepAlive: true, maxSockets: CONNECTIONS })
      : undefined;
  return {
    description: `${context} (${withoutUser(server)})`,
    server,
    credentials: async (): Promise<RequestOptions> => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return agent === undefined ? options : { ...options, agent };
    },
  };
}

function whyAbsent({ kubeconfig }: ClusterChoice): Diagnostic | undefined {
  const named = (process.env['KUBECONFIG'] ?? '').split(path.delimiter).filter((file) => file !== '');
  const wanted = kubeconfig === undefined ? named : [kubeconfig];
  const absent = wanted.filter((file) => !existsSync(file));
  if (absent.length > 0) return noKubeconfig(`There is no kubeconfig at ${absent.join(', ')}.`);
  const isFound = wanted.length > 0 || existsSync(path.join(homedir(), '.kube', 'config'));
  return isFound || existsSync(POD_TOKEN)
    ? undefined
    : noKubeconfig('No kubeconfig says which cluster is meant.');
}

function noKubeconfig(summary: string): Diagnostic {
  return diagnostic('apply-no-kubeconfig', {
    summary,
    detail: 'Looked at --kubeconfig, KUBECONFIG, ~/.kube/config and the service account of a pod.',
    fix: 'Name the file with --kubeconfig, or write one with your cloud’s tool.',
  });
}

function whyUnusable(config: KubeConfig, context: string, shown: string): Diagnostic | undefined {
  const names = config.getContexts().map((item) => item.name);
  const found = config.getContextObject(context ?? '');
  if (found === null) {
    return diagnostic('apply-unknown-context', {
      summary: context ? `${shown} has no context "${context}".` : `${shown} states no current context.`,
      detail: names.length === 0 ? 'It holds no context.' : `It holds ${names.join(', ')}.`,
      fix: suggestion(context ?? '', names, 'Name one with --context.'),
    });
  }
  const server = config.getCluster(found.cluster)?.server ?? '';
  if (!URL.canParse(server)) return invalid(shown, `its cluster "${found.cluster}" has no usable address`);
  return config.getUser(found.user) === null ? invalid(shown, `it has no user "${found.user}"`) : undefined;
}

function invalid(shown: string, reason: string): Diagnostic {
  return diagnostic('apply-kubeconfig-invalid', {
    summary: `${shown} cannot be used: ${reason}.`,
    fix: 'Check it with `kubectl config view`.',
  });
}

/** The first line of a parser's message; later ones show the lines of the file, which may hold a token. */
function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : '';
  return (text.split('\n')[0] ?? '').replace(/\.$/, '');
}

/** An address without a user and password in it. */
function withoutUser(server: string): string {
  if (!URL.canParse(server)) return server;
  const url = new URL(server);
  return `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}
