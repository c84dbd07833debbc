// Packs the packages, and checks what is in them as a registry and a compiler would see it: publint, and "are the types wrong".
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { build } from './build.js';
import { pack } from './pack.js';
import { folder } from './runtime.js';

function run(script, ...args) {
  const { status, stdout } = spawnSync(process.execPath, [`${folder}/node_modules/${script}`, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status === 0) return;
  console.error(stdout);
  process.exit(status ?? 1);
}

build();
const target = `${folder}/dist/packages`;
rmSync(target, { recursive: true, force: true });
for (const { name, filename, files } of pack(target)) {
  const { exports: { '.': { types, default: main } } } = JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8'));
  const paths = files.map(({ path }) => path);
  const missing = ['LICENSE', 'README.md', types.slice(2), main.slice(2)].filter(path => !paths.includes(path));
  const other = paths.filter(path => !/^(LICENSE|README\.md|package\.json|dist\/[a-z]+(\.d\.ts|\.js))$/.test(path));
  if (missing.length + other.length > 0) {
    console.error(`The package ${filename} lacks ${missing.join(', ') || 'nothing'} and has in addition ${other.join(', ') || 'nothing'}.`);
    process.exit(1);
  }
  run('publint/src/cli.js', '--strict', `${target}/${filename}`);
  // Only ES modules: every supported version of Node.js loads them.
  run('@arethetypeswrong/cli/dist/index.js', '--profile', 'esm-only', `${target}/${filename}`);
  console.log(`${filename} is well-formed: ${paths.length} files.`);
}
