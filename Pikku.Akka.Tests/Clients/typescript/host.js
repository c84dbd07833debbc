// Compiles the clients of the Host's page and of the page of the template. With --check, only verifies that the committed files are up to date.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { compile, folder, repository } from './build.js';

const pages = ['Pikku.Akka.Host', 'extensions/Pikku.Akka.Templates/content/pikku/PikkuApp.1'];

rmSync(`${folder}/bin/host`, { recursive: true, force: true });
compile('tsconfig.host.json');

for (const page of pages) {
  const built = readFileSync(`${folder}/bin/host/${page}/Client/client.js`, 'utf8');
  const target = `${repository}/${page}/wwwroot/client.js`;
  if (!process.argv.includes('--check')) {
    writeFileSync(target, built);
  } else if (readFileSync(target, 'utf8') !== built) {
    console.error(`${page}/wwwroot/client.js is not what ${page}/Client/client.ts compiles to: run "npm run host".`);
    process.exitCode = 1;
  }
}
