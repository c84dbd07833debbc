// Functions that the scripts of this folder share.
import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = dirname(fileURLToPath(import.meta.url));
export const repository = resolve(folder, '../../..');

/** Runs the compiler; exits with its status if it reports an error. */
export function compile(...args) {
  const { status } = spawnSync(process.execPath, [`${folder}/node_modules/typescript/bin/tsc`, '-p', ...args], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
