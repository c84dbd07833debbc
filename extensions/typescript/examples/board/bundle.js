// Bundles the page for browsers.
import { build } from 'esbuild';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));

export const bundleExample = () => build({
  entryPoints: [`${folder}/main.tsx`], outfile: `${folder}/dist/main.js`,
  bundle: true, format: 'esm', jsx: 'automatic', minify: true, define: { 'process.env.NODE_ENV': '"production"' }, logLevel: 'error',
});
