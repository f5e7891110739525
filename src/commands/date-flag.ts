import { Errors, Flags } from '@oclif/core';

/** A calendar date, `YYYY-MM-DD`. */
export const DATE_FLAG = Flags.custom<string>({
  parse: (input) => {
    const time = Date.parse(`${input}T00:00:00Z`);
    const isDate =
      Number.isFinite(time) && new Date(time).toISOString().startsWith(input) && input.length === 10;
    return isDate
      ? Promise.resolve(input)
      : Promise.reject(new Errors.CLIError(`Expected a date such as 2026-11-21, not "${input}"`));
  },
});
