// The source of the package @pikku-akka/client: the runtime of generated clients. It exists once, in the generator.
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const folder = dirname(fileURLToPath(import.meta.url));
export const repository = resolve(folder, '../..');

const [begin, end] = ['// <generated>\n', '// </generated>\n'];
const source = readFileSync(`${repository}/extensions/Pikku.Akka.Tools/Clients/client.ts`, 'utf8').replaceAll('\r\n', '\n');

/** What every generated client has in common, character by character. */
export const runtime = source.slice(source.indexOf(end) + end.length).trimStart();

/** The runtime without channels. A generated file passes its own as type arguments, and as a property of its client. */
export const packageSource = `${source.slice(0, source.indexOf(begin))}/** The channels of an application. The package has none; each generated file has its own. */
export interface Channels {}

const channels = {};

${runtime}`;
