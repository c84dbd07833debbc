// Builds the client of the Host's page from its source; with --check, only says whether what is committed is what it would build.
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
