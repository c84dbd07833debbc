// The source of the package @pikku-akka/client: the runtime of generated clients. It exists once, in the generator.
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the solution, above this file or the bundle that contains it. */
function findRepository(folder) {
  if (existsSync(`${folder}/Pikku.Akka.sln`)) return folder;
  if (dirname(folder) === folder) throw new Error('No folder above has the solution.');
  return findRepository(dirname(folder));
}

export const repository = findRepository(dirname(fileURLToPath(import.meta.url)));
export const folder = `${repository}/extensions/typescript`;

const [begin, end] = ['// <generated>\n', '// </generated>\n'];
const source = readFileSync(`${repository}/extensions/Pikku.Akka.Tools/Clients/client.ts`, 'utf8').replaceAll('\r\n', '\n');

/** What every generated client has in common, character by character. */
export const runtime = source.slice(source.indexOf(end) + end.length).trimStart();

/** The runtime without channels. A generated file passes its own as type arguments, and as a property of its client. */
export const packageSource = `${source.slice(0, source.indexOf(begin))}/** The channels of an application. The package has none; each generated file has its own. */
export interface Channels {}

const channels = {};

${runtime}`;
