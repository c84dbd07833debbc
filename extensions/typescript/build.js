// Builds the packages into their folders "dist".
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { folder, packageSource, repository } from './runtime.js';

/** Runs the compiler; exits with its status if it reports an error. */
export function compile(...args) {
  const { status } = spawnSync(process.execPath, [`${folder}/node_modules/typescript/bin/tsc`, ...args], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

export function build() {
  for (const name of ['client', 'react']) {
    rmSync(`${folder}/${name}/dist`, { recursive: true, force: true });
    cpSync(`${repository}/LICENSE`, `${folder}/${name}/LICENSE`);
  }
  mkdirSync(`${folder}/client/dist/src`, { recursive: true });
  writeFileSync(`${folder}/client/dist/src/index.ts`, packageSource);
  compile('-p', 'client');
  rmSync(`${folder}/client/dist/src`, { recursive: true });
  compile('-p', 'react');
}

if (process.argv[1] === import.meta.filename) build();
