import { Command, Errors, Flags } from '@oclif/core';
import { stringify } from 'yaml';
import { DIAGNOSTIC_CODES, DiagnosticError, diagnostic } from '../diagnostics/index.ts';
import type { Diagnostic, Outcome } from '../diagnostics/index.ts';
import type { EngineHost } from '../engine/index.ts';
import {
  COLOURED,
  PLAIN,
  pageMarkdown,
  pageText,
  printableLines,
  renderDiagnostics,
} from '../report/index.ts';
import type { Page, Palette } from '../report/index.ts';
import { ProgressLine } from './progress-line.ts';
import { isWatched, lineWidth, usesColour } from './terminal.ts';
import { formAskedFor, usageDiagnostic } from './usage.ts';

/** The flag every command has. */
export const JSON_FLAG = {
  json: Flags.boolean({
    description: 'Print one JSON object on stdout, whether the command succeeds or not.',
  }),
};

/** The flag of commands that print tables. */
export const FULL_FLAG = {
  full: Flags.boolean({
    description: 'Print tables whole, however long and wide; so are they in files and pipes.',
  }),
};

/** Forms that need no renderer of their own: the whole outcome as data. */
type DataForm = 'json' | 'yaml';

/** The `--output` flag of a command that people read, with the forms it offers beside JSON and YAML; text is the default. */
export function outputFlag<const Form extends string>(...forms: readonly Form[]) {
  return {
    ...JSON_FLAG,
    output: Flags.option({ options: ['text', ...forms, 'json', 'yaml'] as const, default: 'text' as const })({
      char: 'o',
      description: 'Form of the output on stdout; json and yaml hold the whole result and all diagnostics.',
    }),
  };
}

/** The form that `--json` and `--output` ask for together. */
export function formOf<Form extends string>(flags: {
  readonly json: boolean;
  readonly output: Form;
}): Form | 'json' {
  return flags.json ? 'json' : flags.output;
}

/** What a finished command shows: data for machines, text for people. */
export interface Result {
  readonly json: unknown;
  readonly text: string;
  /** Exit code when nothing failed; default 0. */
  readonly exitCode?: number;
}

/**
 * What all commands share: data on stdout, talk on stderr, diagnostics turned into exit codes.
 * A command parses flags, calls the engine and hands the outcome to `finish`.
 */
export abstract class BaseCommand extends Command {
  readonly #progress = new ProgressLine(process.stderr, isWatched(process.stderr, process.env));

  /** The host the engine works for: this process. */
  protected host(): EngineHost {
    return {
      workingDirectory: process.cwd(),
      today: new Date().toISOString().slice(0, 10),
      emit: (message) => {
        if (message.kind === 'progress') this.#progress.show(message);
      },
      elapsedSeconds: () => performance.now() / 1000,
    };
  }

  /** Colours for stdout where it wants them, and the width that tables fit into there unless `--full` was given. */
  protected get palette(): Palette {
    const width = this.argv.includes('--full') ? undefined : lineWidth(process.stdout);
    return { ...paletteOf(process.stdout), ...(width === undefined ? {} : { width }) };
  }

  /**
   * Prints an outcome and sets the exit code: the result of a success on stdout and its warnings on stderr,
   * or the problems. As JSON or YAML both are one object on stdout.
   */
  protected finish<T>(outcome: Outcome<T>, form: DataForm | (string & {}), show: (value: T) => Result): void {
    this.#progress.clear();
    const diagnostics = distinct(outcome.diagnostics);
    const result = outcome.ok ? show(outcome.value) : undefined;
    if (form === 'json' || form === 'yaml') {
      const body = {
        ok: outcome.ok,
        diagnostics,
        ...(result === undefined ? {} : { result: result.json }),
      };
      process.stdout.write(
        form === 'json' ? `${JSON.stringify(body, undefined, 2)}\n` : stringify(body, { version: '1.1' }),
      );
    } else {
      process.stderr.write(printableLines(renderDiagnostics(diagnostics, paletteOf(process.stderr)), true));
      if (result !== undefined) process.stdout.write(forStream(result.text, process.stdout));
    }
    process.exitCode = exitCodeOf(diagnostics) || (outcome.ok ? (result?.exitCode ?? 0) : 1);
  }

  /** Shows a page in the form asked for; `json` is the result as data. */
  protected show(form: string, json: unknown, page: (palette: Palette) => Page): Result {
    const text = form === 'markdown' ? pageMarkdown(page(PLAIN)) : pageText(page(this.palette), this.palette);
    return { json, text };
  }

  /** Turns exceptions into diagnostics of the same shape as all others: wrong usage (exit 64), or a bug. */
  protected override catch(error: Parameters<Command['catch']>[0]): Promise<void> {
    if (isExit(error)) throw error;
    const outcome = { ok: false, diagnostics: this.#diagnosticsOf(error) } as const;
    this.finish(outcome, formAskedFor(this.argv), () => ({ json: null, text: '' }));
    return Promise.resolve();
  }

  #diagnosticsOf(error: Error): readonly Diagnostic[] {
    if (error instanceof DiagnosticError) return error.diagnostics;
    if (!(error instanceof Errors.CLIError)) return [bugDiagnostic(error)];
    const { flags, examples } = this.ctor;
    const lines = (examples as readonly unknown[]).filter((item) => typeof item === 'string');
    return [usageDiagnostic(error, { id: this.id ?? '', flags, examples: lines })];
  }

  /**
   * From here on the command computes without a pause, in which no handler of ours would get its turn: Ctrl-C acts at once, as the
   * system has it.
   */
  protected holdThread(): void {
    process.removeAllListeners('SIGINT');
  }

  /** All of standard input when `target` is `-`. */
  protected async standardInput(target: string): Promise<{ readonly stdin?: string }> {
    if (target !== '-') return {};
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    return { stdin: Buffer.concat(chunks).toString('utf8') };
  }
}

/** Each problem once, however many phases met it. */
function distinct(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return [...new Map(diagnostics.map((item) => [JSON.stringify(item), item])).values()];
}

/** The exit code of the worst diagnostic: errors decide, a policy violation or infeasibility before a plain failure. */
export function exitCodeOf(diagnostics: readonly Diagnostic[]): number {
  const codes = diagnostics
    .filter((item) => item.severity === 'error')
    .map((item) => DIAGNOSTIC_CODES[item.code].exitCode);
  if (codes.length === 0) return 0;
  return codes.includes(1) ? 1 : Math.max(...codes);
}

/** Text as it is in files and pipes; on a terminal nothing in it acts but colours. */
function forStream(text: string, stream: NodeJS.WriteStream): string {
  return stream.isTTY ? printableLines(text, true) : text;
}

function paletteOf(stream: NodeJS.WriteStream): Palette {
  return usesColour(stream, process.env) ? COLOURED : PLAIN;
}

/** Whether the framework wants to leave: help was printed, say. */
function isExit(error: object): boolean {
  return 'code' in error && error.code === 'EEXIT';
}

function bugDiagnostic(error: Error): Diagnostic {
  return diagnostic('engine-bug', {
    summary: `Unexpected ${error.name}: ${error.message}`,
    detail: (error.stack ?? '').split('\n').slice(1, 6).join('\n'),
    fix: 'This is a bug. Please report it with the command line and the stack.',
  });
}
