// Builds and checks the packages, the example and the tests, and runs the tests with React 19 and React 18. Arguments select test files by their name.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { build as bundle } from 'esbuild';
import { build, compile } from './build.js';
import { bundleExample } from './examples/board/bundle.js';
import { folder, repository } from './runtime.js';

build();
compile('-p', 'test');
compile('-p', 'test/tsconfig.18.json');
await bundleExample();
await checkTemplate();

const names = readdirSync(`${folder}/test`).filter(name => /\.test\.tsx?$/.test(name) && (process.argv.length < 3 || process.argv.some(one => name.includes(one))));
const versions = { 19: {}, 18: { react: 'react-18', 'react-dom': 'react-dom-18' } };
for (const [version, alias] of Object.entries(versions)) {
  await bundle({
    entryPoints: names.map(name => `${folder}/test/${name}`),
    outdir: `${folder}/dist/test/react-${version}`,
    outExtension: { '.js': '.mjs' },
    bundle: true, format: 'esm', platform: 'node', target: 'node20', jsx: 'automatic', sourcemap: 'inline', alias,
    // React is in the bundle in the version of the alias, and in its form for development, which has strict mode and `act`.
    define: { 'process.env.NODE_ENV': '"development"' },
    external: ['jsdom'],
    // The bundled packages of React are CommonJS.
    banner: { js: "import { createRequire as pikkuRequire } from 'node:module'; const require = pikkuRequire(import.meta.url);" },
    logLevel: 'error',
  });
}

/** Compiles and bundles the page of `dotnet new pikku --react` with the packages of this folder, which are not in a registry yet when a release is prepared. */
async function checkTemplate() {
  const target = `${folder}/dist/template`;
  rmSync(target, { recursive: true, force: true });
  cpSync(`${repository}/extensions/Pikku.Akka.Templates/content/pikku/web`, target, { recursive: true });
  compile('-p', 'dist/template');
  await bundle({ entryPoints: [`${target}/src/main.tsx`], outfile: `${target}/main.js`, bundle: true, format: 'esm', jsx: 'automatic', minify: true, logLevel: 'error' });
}

const files = Object.keys(versions).flatMap(version =>
  names.map(name => `${folder}/dist/test/react-${version}/${name.replace(/\.tsx?$/, '.mjs')}`));
// Before version 22, the WebSocket of Node.js is behind a flag.
const websocket = typeof WebSocket === 'undefined' ? ['--experimental-websocket', '--no-warnings'] : [];
// A bundled React waits with a MessageChannel, which keeps a process alive: --test-force-exit ends it after the last test.
const { status } = spawnSync(
  process.execPath, [...websocket, '--enable-source-maps', '--test', '--test-force-exit', '--test-timeout=120000', '--test-reporter=spec', ...files], { stdio: 'inherit' });
process.exit(status ?? 1);
