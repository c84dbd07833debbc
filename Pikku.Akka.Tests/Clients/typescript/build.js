// What the scripts of this folder share: the runtime with another region, and the compiler.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = dirname(fileURLToPath(import.meta.url));
export const repository = resolve(folder, '../../..');

const region = /(?<=^\/\/ <generated>\n)[^]*?(?=^\/\/ <\/generated>$)/m;

/** Writes a client: the runtime, with its region replaced. */
export function compose(source, target) {
  const runtime = readFileSync(`${repository}/Pikku.Akka/Clients/client.ts`, 'utf8');
  writeFileSync(target, runtime.replace(region, () => readFileSync(source, 'utf8')));
}

/** Runs the compiler; ends the process when it finds anything. */
export function compile(...args) {
  const { status } = spawnSync(process.execPath, [`${folder}/node_modules/typescript/bin/tsc`, '-p', ...args], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
