import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DiagnosticError, diagnostic, failure, success } from '../diagnostics/index.ts';
import type { Diagnostic, DiagnosticCode, Outcome, SourceLocation } from '../diagnostics/index.ts';
import { errorMessage, systemErrorCode } from './files.ts';
import { packageRoot } from './package-root.ts';

/**
 * Imports a user's module with the native loader (TypeScript by type stripping); what it prints goes to standard error.
 * Errors: `missingCode` when the file does not exist, `stack-unsupported-syntax`, `stack-load-failed`, and whatever
 * diagnostics the module itself throws.
 */
export async function importModule(
  file: string,
  shown: string,
  missingCode: DiagnosticCode,
): Promise<Outcome<Readonly<Record<string, unknown>>>> {
  if (!existsSync(file)) {
    return failure(
      diagnostic(missingCode, {
        summary: `${shown} does not exist.`,
        source: { file: shown },
        fix: 'Check the path; relative paths start from the working directory.',
      }),
    );
  }
  const restore = sendStdoutToStderr();
  const withdraw = offerOwnPackage();
  try {
    return success((await import(pathToFileURL(file).href)) as Record<string, unknown>);
  } catch (error) {
    if (error instanceof DiagnosticError) return failure(...error.diagnostics);
    return failure(loadFailure(error, file, shown));
  } finally {
    withdraw();
    restore();
  }
}

/**
 * Lets a module import this package by its name where it is not installed beside it: the running program stands in. A package that is
 * installed there wins. The result withdraws the offer.
 */
function offerOwnPackage(): () => void {
  const parentURL = pathToFileURL(path.join(packageRoot(), 'package.json')).href;
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      try {
        return next(specifier, context);
      } catch (error) {
        if (specifier !== 'plimsoll' || systemErrorCode(error) !== 'ERR_MODULE_NOT_FOUND') throw error;
        return next(specifier, { ...context, parentURL });
      }
    },
  });
  return () => hooks.deregister();
}

/** What a module prints while it loads is talk, not data: standard output belongs to the command. */
function sendStdoutToStderr(): () => void {
  const original = Object.getOwnPropertyDescriptor(process.stdout, 'write');
  process.stdout.write = (...args: unknown[]): boolean =>
    (process.stderr.write as (...all: unknown[]) => boolean).apply(process.stderr, args);
  return () => {
    if (original === undefined) Reflect.deleteProperty(process.stdout, 'write');
    else Object.defineProperty(process.stdout, 'write', original);
  };
}

function loadFailure(error: unknown, file: string, shown: string): Diagnostic {
  const source = placeInStack(error, file, shown);
  if (systemErrorCode(error) === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return diagnostic('stack-unsupported-syntax', {
      summary: `${shown} uses TypeScript syntax that cannot run by stripping types: ${errorMessage(error)}.`,
      source,
      fix: 'Replace enums, parameter properties, namespaces and decorators; `erasableSyntaxOnly` in tsconfig.json finds them.',
    });
  }
  return diagnostic('stack-load-failed', {
    summary: `${shown} failed while it was loaded: ${errorMessage(error)}`,
    detail: error instanceof Error && error.stack !== undefined ? firstFrames(error.stack) : '',
    source,
    fix: hintFor(error),
  });
}

function hintFor(error: unknown): string {
  const code = systemErrorCode(error);
  if (code === 'ERR_MODULE_NOT_FOUND' && errorMessage(error).includes("'plimsoll'")) {
    return 'Install the package beside the stack: `npm install plimsoll`.';
  }
  if (code === 'ERR_MODULE_NOT_FOUND')
    return 'Check the import; relative imports need their file extension (`./pools.ts`).';
  return 'Correct the stack at this place.';
}

/** The line of the user's file that the exception names, if any. */
function placeInStack(error: unknown, file: string, shown: string): SourceLocation {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const url = pathToFileURL(file).href;
  for (const name of [url, file]) {
    const at = stack.indexOf(`${name}:`);
    const position = at < 0 ? null : /^:(\d+)(?::(\d+))?/.exec(stack.slice(at + name.length));
    if (position?.[1] !== undefined) {
      return {
        file: shown,
        line: Number(position[1]),
        ...(position[2] === undefined ? {} : { column: Number(position[2]) }),
      };
    }
  }
  return { file: shown };
}

function firstFrames(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line) && !line.includes('node:internal'))
    .slice(0, 3)
    .map((line) => line.trim())
    .join('\n');
}
