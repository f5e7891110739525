/**
 * Leaves a control plane running for a developer until Ctrl-C.
 *
 *     node test/cluster/start.ts
 *
 * Prints lines for the shell: `KUBECONFIG` for `plimsoll` and `kubectl`, `PLIMSOLL_TEST_CLUSTER` for `npm run test:cluster` to join it.
 */
import { FOLDER_VARIABLE, startControlPlane } from './support/control-plane.ts';

const controlPlane = await startControlPlane();
if (controlPlane === undefined) process.exit(1);
console.log(`export KUBECONFIG=${controlPlane.kubeconfig}`);
console.log(`export ${FOLDER_VARIABLE}=${controlPlane.folder}`);
console.error(`The API server listens at ${controlPlane.url}. Ctrl-C ends it.`);
const keep = setInterval(() => undefined, 60_000);
for (const name of ['SIGINT', 'SIGTERM'] as const) {
  process.once(name, () => {
    clearInterval(keep);
    void controlPlane.stop().then(() => process.exit(0));
  });
}
