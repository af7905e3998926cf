// *No* on a claim: the page says that nothing was handed out, and the grant is over.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage } from './lib/browser.js';
import { startPage } from './lib/page.js';

const SOON_MS = 30_000;

let page;
let claim;

before(async () => {
  page = await startPage();
});

after(async () => {
  await claim?.close();
  await page?.stop();
});

test('whoever does not know the machine says no, and it gets nothing', async () => {
  await page.ask('U0DANA', 'website', 'ClaimedSession', '1h');
  await page.press('U0OWNER', 'approve');
  await page.reads('U0DANA', 'keylease claim http');
  const told = await page.at('message').filter({ hasText: 'keylease claim http' }).first().textContent();
  claim = await openPage(/http:\S*?\/claim\/[A-Za-z0-9_-]+/.exec(told)[0]);
  claim.page.setDefaultTimeout(SOON_MS);
  const at = (id) => claim.page.locator(`#${id}`);
  await at('ask').getByRole('button').click();
  await at('wait').waitFor();
  await page.reads('U0DANA', await at('code').textContent());
  await page.press('U0DANA', 'refuse_claim');
  const yes = page.view.page.locator('#confirm-yes');
  await page.shown(yes);
  await yes.click();
  await page.requestIs('REVOKED');
  await at('over').waitFor();
  assert.match(await at('over-title').textContent(), /Nothing was handed out/);
  assert.equal(await at('profile').textContent(), '');
  assert.deepEqual(claim.complaints.filter((text) => !/favicon/.test(text)), []);
  assert.deepEqual(claim.foreign, []);
});
