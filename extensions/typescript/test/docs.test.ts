import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
// @ts-expect-error a script without types
import { repository, runtime } from '../runtime.js';

const read = (path: string): string => readFileSync(`${repository}/${path}`, 'utf8').replaceAll('\r\n', '\n');

it('the code of the page is compiled', () => {
  const compiled = read('extensions/typescript/test/docs.tsx');
  const blocks = [...read('docs/react.md').matchAll(/^```tsx\n(.*?)^```$/gms)].map(([, code]) => code!);
  assert.notEqual(blocks.length, 0);
  for (const block of blocks) assert.ok(compiled.includes(block), `docs.tsx has not:\n${block}`);
});

it('the runtime of the package is that of clients which contain it, character by character', () => {
  const client = read('Pikku.Akka.Tests/Clients/typescript/conformance.ts');
  assert.ok(runtime.length > 50_000 && client.endsWith(runtime));
});
