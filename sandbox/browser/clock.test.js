// The clock on the sandbox's page is moved forward: a warning, an extension, a reminder, others who are asked, a lapse.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { tabTo } from './lib/keyboard.js';
import { startPage } from './lib/page.js';

let page;

before(async () => {
  page = await startPage();
});

after(() => page?.stop());

test('whoever asked is warned of the end, extends the grant, and reads that it goes on', async () => {
  await page.ask('U0DANA', 'payments', 'ReadOnly', '1h');
  await page.press('U0OWNER', 'approve');
  await page.requestIs('ACTIVE');
  const before = await page.at('clock-time').textContent();
  await page.moveTo('the warning');
  await page.reads('U0DANA', 'ask for an extension now');
  assert.notEqual(await page.at('clock-time').textContent(), before);
  assert.match(await page.at('clock-ahead').textContent(), /min .*ahead/);
  await page.press('U0DANA', 'extend');
  await page.at('field-duration_text').fill('2h');
  await page.at('form-submit').click();
  await page.press('U0OWNER', 'approve');
  await page.reads('U0DANA', 'extended your access');
  await page.moveTo('the end');
  await page.requestIs('EXPIRED');
});

test('who does not decide is reminded, and others are asked', async () => {
  await page.ask('U0DANA', 'oncall', 'Logs', '8h');
  await page.moveTo('a reminder');
  await page.reads('U0OWNER', 'still waits for a decision');
  await page.at('clock-3600').click();
  await page.moveTo('others are asked');
  await page.press('U0SECOND', 'approve');
  await page.requestIs('ACTIVE');
});

test('what nobody claims lapses, by keyboard alone', async () => {
  await page.ask('U0DANA', 'website', 'ClaimedKey', '2h');
  await page.press('U0OWNER', 'approve');
  await page.requestIs('READY');
  const moment = page.moment('nobody has claimed it');
  await moment.waitFor();
  await tabTo(page.view.page, 'clock-600');
  await page.view.page.keyboard.press('Enter');
  await moment.focus();
  await page.view.page.keyboard.press('Enter');
  await page.requestIs('LAPSED');
});

test('the page complained about nothing and asked no other host', () => {
  assert.deepEqual(page.view.complaints, []);
  assert.deepEqual(page.view.foreign, []);
});
