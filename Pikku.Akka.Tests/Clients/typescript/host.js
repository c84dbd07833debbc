// Compiles the client of the Host's page. With --check, only verifies that the committed file is up to date.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { compile, folder, repository } from './build.js';

const target = `${repository}/Pikku.Akka.Host/wwwroot/client.js`;

rmSync(`${folder}/bin/host`, { recursive: true, force: true });
compile('tsconfig.host.json');
const built = readFileSync(`${folder}/bin/host/client.js`, 'utf8');

if (!process.argv.includes('--check')) {
  writeFileSync(target, built);
} else if (readFileSync(target, 'utf8') !== built) {
  console.error('Pikku.Akka.Host/wwwroot/client.js is not what Pikku.Akka.Host/Client/client.ts compiles to: run "npm run host".');
  process.exitCode = 1;
}
