// Writes ../src/claim_page.html: one file with its style, its script and the library for HPKE in it.
//
// `node build.js --check` writes nothing, and fails where that file is not what would be written.

import { readFile, writeFile } from 'node:fs/promises';

import { build } from 'esbuild';

const here = (path) => new URL(path, import.meta.url);
const OUT = here('../src/claim_page.html');

async function bundled(entry) {
  const options = { bundle: true, minify: true, write: false, charset: 'utf8', legalComments: 'none', target: 'es2022' };
  const made = await build({ ...options, entryPoints: [here(entry).pathname], format: 'iife' });
  return made.outputFiles[0].text.trim();
}

const licence = await readFile(here('node_modules/@hpke/core/LICENSE'), 'utf8');
const script = `/*! @hpke/core, bundled.\n${licence.trim()}\n*/\n${await bundled('src/main.js')}`;
const style = await bundled('src/page.css');
for (const text of [script, style]) {
  if (/<\/(script|style)|<!--/i.test(text)) throw new Error('it would end its own element');
}
const page = (await readFile(here('src/page.html'), 'utf8'))
  .replace('<style></style>', () => `<style>${style}</style>`)
  .replace('<script></script>', () => `<script>${script}</script>`);

if (process.argv.includes('--check')) {
  if (page !== (await readFile(OUT, 'utf8'))) {
    throw new Error('ingress/src/claim_page.html is not what ingress/page makes: run npm run build there');
  }
} else {
  await writeFile(OUT, page);
}
