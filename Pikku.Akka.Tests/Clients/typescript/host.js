// Compiles the clients of the pages of the Host, the console and the template. With --check, only verifies that the committed files are up to date.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { compile, folder, repository } from './build.js';

const pages = [
  ['Pikku.Akka.Host', 'wwwroot'], ['extensions/Pikku.Akka.Console', 'Page'], ['extensions/Pikku.Akka.Templates/content/pikku/PikkuApp.1', 'wwwroot'],
];

rmSync(`${folder}/bin/host`, { recursive: true, force: true });
compile('tsconfig.host.json');

for (const [page, files] of pages) {
  const built = readFileSync(`${folder}/bin/host/${page}/Client/client.js`, 'utf8');
  const target = `${repository}/${page}/${files}/client.js`;
  if (!process.argv.includes('--check')) {
    writeFileSync(target, built);
  } else if (readFileSync(target, 'utf8') !== built) {
    console.error(`${page}/${files}/client.js is not what ${page}/Client/client.ts compiles to: run "npm run host".`);
    process.exitCode = 1;
  }
}
