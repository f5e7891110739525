import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { diagnostic, failure, success } from '../../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../../diagnostics/index.ts';
import { displayPath, errorMessage } from '../files.ts';
import type { EngineHost } from '../messages.ts';

/** Where measurements are, as the user names it. */
export interface SourceChoice {
  /** `Prometheus`, `OpenCost`. */
  readonly name: string;
  /** http or https; may hold a user and a password, which are never shown. */
  readonly url: string;
  /** File that holds a bearer token. */
  readonly tokenFile?: string;
  /** Environment variable that holds a bearer token, where no file is named. */
  readonly tokenVariable: string;
}

/** A source of measurements that can be asked. */
export interface WebSource {
  readonly name: string;
  /** Without credentials. */
  readonly url: URL;
  /** Address for messages: without credentials and parameters. */
  readonly shown: string;
  /** Header; absent where nothing is to be proved. Never to be shown. */
  readonly authorization?: string;
}

/**
 * Reads an address and the credentials for it: a token from a file or the environment, else user and password of the address.
 * Errors: `apply-metrics-address`, `apply-metrics-token`; warning `apply-metrics-plain`.
 */
export async function webSource(choice: SourceChoice, host: EngineHost): Promise<Outcome<WebSource>> {
  const url = URL.canParse(choice.url) ? new URL(choice.url) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    return failure(
      diagnostic('apply-metrics-address', {
        summary: `The address of ${choice.name} is no http or https address.`,
        fix: 'Write it in full, such as http://localhost:9090.',
      }),
    );
  }
  const token = await tokenOf(choice, host);
  if (!token.ok) return token;
  const authorization = token.value === '' ? basic(url) : `Bearer ${token.value}`;
  url.username = '';
  url.password = '';
  url.hash = '';
  const source: WebSource = {
    name: choice.name,
    url,
    shown: `${url.origin}${url.pathname === '/' ? '' : url.pathname}`,
    ...(authorization === undefined ? {} : { authorization }),
  };
  return success(source, authorization === undefined ? [] : plainWarning(source));
}

async function tokenOf(
  { name, tokenFile, tokenVariable }: SourceChoice,
  { workingDirectory }: EngineHost,
): Promise<Outcome<string>> {
  const file = tokenFile === undefined ? undefined : path.resolve(workingDirectory, tokenFile);
  try {
    const token =
      file === undefined ? (process.env[tokenVariable] ?? '') : (await readFile(file, 'utf8')).trim();
    // A header holds printable ASCII only; anything else would be refused with the token in the message.
    if (/^[\x21-\x7e]*$/.test(token) && (file === undefined || token !== '')) return success(token);
    return failure(badToken(name, 'it is empty or holds characters that no token has'));
  } catch (error) {
    return failure(
      badToken(name, `${displayPath(file ?? '', workingDirectory)} cannot be read: ${errorMessage(error)}`),
    );
  }
}

function badToken(name: string, why: string): Diagnostic {
  return diagnostic('apply-metrics-token', {
    summary: `The token for ${name} cannot be used: ${why}.`,
    fix: 'Write the token alone into the file, without quotes.',
  });
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const text = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function plainWarning({ name, url, shown }: WebSource): readonly Diagnostic[] {
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol === 'https:' || isLocal) return [];
  return [
    diagnostic('apply-metrics-plain', {
      summary: `Credentials for ${name} go to ${shown} without encryption.`,
      fix: 'Use an https address, or a port-forward to localhost.',
    }),
  ];
}
