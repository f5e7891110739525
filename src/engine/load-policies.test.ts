import { expect, it } from 'vitest';
import { SHIPPED_PACKS } from '../policy/index.ts';
import { shippedPackNames } from './load-policies.ts';

it('the packs that policy suggests are the ones in the package', () => {
  expect(shippedPackNames()).toEqual([...SHIPPED_PACKS].sort());
});
