/** One control plane for all files of a run, or the reason why there is none. */
import { FOLDER_VARIABLE, startControlPlane } from './control-plane.ts';

export default async function setup(): Promise<() => Promise<void>> {
  const joined = process.env[FOLDER_VARIABLE];
  if (joined !== undefined) return () => Promise.resolve();
  const controlPlane = await startControlPlane();
  process.env[FOLDER_VARIABLE] = controlPlane?.folder ?? 'none';
  return async () => {
    delete process.env[FOLDER_VARIABLE];
    await controlPlane?.stop();
  };
}
