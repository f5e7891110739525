import { Flags } from '@oclif/core';
import { CPU_FLAG, MEMORY_FLAG } from './quantity-flags.ts';

/** Flags of commands that turn what runs into a stack. */
export const IMPORT_FLAGS = {
  format: Flags.option({ options: ['yaml', 'typescript'] as const, default: 'yaml' as const })({
    description: 'Form of the stack.',
  }),
  'default-cpu': CPU_FLAG({
    description: 'CPU request assumed for containers that state none.',
    default: 100,
    defaultHelp: () => Promise.resolve('100m'),
  }),
  'default-memory': MEMORY_FLAG({
    description: 'Memory request assumed for containers that state none.',
    default: 128 * 2 ** 20,
    defaultHelp: () => Promise.resolve('128Mi'),
  }),
  out: Flags.string({
    description: 'Stack file to write; without it the stack is printed.',
    helpValue: 'FILE',
  }),
};
