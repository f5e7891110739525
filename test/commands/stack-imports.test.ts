import { describe, expect, it } from 'vitest';
import { codesOf, plimsoll, withFolder } from '../support/run-command.ts';

const STACK = `
import { Fleet, HardwarePool } from 'plimsoll';
const fleet = new Fleet('alone');
new HardwarePool(fleet, 'h100', {
  provider: 'aws', region: 'us-east-1', zones: ['us-east-1a'], instanceType: 'p5.48xlarge', capacityTypes: ['on-demand'],
});
export default fleet;
`;

describe('the imports of a stack', () => {
  it('find this package by its name where it is not installed beside the stack', () => {
    withFolder({ 'stack.ts': STACK }, (cwd) => {
      // The stack loads, and is refused for what it lacks.
      expect(codesOf(plimsoll(['validate', 'stack.ts', '--json'], { cwd }))).toEqual(['model-empty']);
    });
  });

  it('find no other package that is not installed', () => {
    withFolder({ 'stack.ts': `import 'plimsoll-extras';\n${STACK}` }, (cwd) => {
      expect(codesOf(plimsoll(['validate', 'stack.ts', '--json'], { cwd }))).toEqual(['stack-load-failed']);
    });
  });
});
