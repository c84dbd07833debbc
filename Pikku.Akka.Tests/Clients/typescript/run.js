// Checks the types, then runs the client's tests with the test runner of Node.js. Arguments select folders.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { compile, folder, repository } from './build.js';

const suites = process.argv.length > 2 ? process.argv.slice(2) : ['unit', 'e2e'];

rmSync(`${folder}/bin`, { recursive: true, force: true });
mkdirSync(`${folder}/bin`, { recursive: true });
compile('tsconfig.json');

cpSync(`${repository}/Pikku.Akka.Host/wwwroot`, `${folder}/bin/page`, { recursive: true, filter: name => !name.endsWith('client.js') });
cpSync(`${repository}/Pikku.Akka.Host/Client/client.ts`, `${folder}/bin/page/client.ts`);
compile('tsconfig.page.json');

cpSync(`${repository}/extensions/Pikku.Akka.Console/Page`, `${folder}/bin/console`, { recursive: true, filter: name => !name.endsWith('client.js') });
cpSync(`${repository}/extensions/Pikku.Akka.Console/Client/client.ts`, `${folder}/bin/console/client.ts`);
compile('tsconfig.console.json');

const js = `${folder}/bin/js/Pikku.Akka.Tests/Clients/typescript`;
const tests = suites.flatMap(suite =>
  readdirSync(`${js}/${suite}`).filter(name => name.endsWith('.test.js')).map(name => `${js}/${suite}/${name}`));
// Before version 22, the WebSocket of Node.js is behind a flag.
const websocket = typeof WebSocket === 'undefined' ? ['--experimental-websocket', '--no-warnings'] : [];
const { status } = spawnSync(
  process.execPath, [...websocket, '--enable-source-maps', '--test', '--test-reporter=spec', ...tests], { stdio: 'inherit' });
process.exit(status ?? 1);
