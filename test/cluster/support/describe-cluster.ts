import { describe } from 'vitest';
import { startControlPlane, type ControlPlane } from './control-plane.ts';

const controlPlane = await startControlPlane();

/**
 * A suite that needs the control plane of the run. Where there is none its tests are counted as skipped; `body` therefore may take the control plane
 * apart, and uses it inside tests and hooks only.
 */
export function describeCluster(name: string, body: (controlPlane: ControlPlane) => void): void {
  describe.skipIf(controlPlane === undefined)(name, () => {
    body(controlPlane ?? ({} as ControlPlane));
  });
}
