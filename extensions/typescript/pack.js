// Packs the packages for a release: node pack.js VERSION FOLDER. All packages of a release have the same version.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from './build.js';
import { folder } from './runtime.js';

/** Packs copies of the built packages, and returns what npm says about each. Without a version, they keep that of their package.json. */
export function pack(target, version) {
  mkdirSync(target, { recursive: true });
  return ['client', 'react'].map(name => {
    const copy = `${folder}/dist/pack/${name}`;
    rmSync(copy, { recursive: true, force: true });
    for (const part of ['dist', 'LICENSE', 'README.md']) cpSync(`${folder}/${name}/${part}`, `${copy}/${part}`, { recursive: true });
    writeFileSync(`${copy}/package.json`, JSON.stringify(manifest(name, version), null, 2) + '\n');
    const { status, stdout } = spawnSync('npm', ['pack', copy, '--pack-destination', target, '--json'], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
    if (status !== 0) process.exit(status ?? 1);
    return { ...JSON.parse(stdout)[0], name }; // the folder, not the name of the package
  });
}

function manifest(name, version) {
  const text = JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8'));
  if (!version) return text;
  text.version = version;
  for (const other of Object.keys(text.dependencies ?? {})) if (other.startsWith('@pikku-akka/')) text.dependencies[other] = version;
  return text;
}

if (process.argv[1] === import.meta.filename) {
  const [, , version, target] = process.argv;
  if (!version || !target) {
    console.error('node pack.js VERSION FOLDER');
    process.exit(1);
  }
  build();
  for (const { filename } of pack(target, version)) console.log(`${filename} was written.`);
}
