// Asking without a form: by the slash command, and by the step of a workflow.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startPage } from './lib/page.js';

let page;

before(async () => {
  page = await startPage();
});

after(() => page?.stop());

async function type(who, words) {
  await page.person(who);
  await page.at('command').fill(words);
  await page.at('command').press('Enter');
}

const answers = (words) => page.shown(page.at('command-answer').filter({ hasText: words }));

test('help says what can be typed, to whoever asks alone', async () => {
  await type('U0DANA', '/access help');
  await answers('/access break-glass payments Admin 30m why');
  await answers('Only visible to you');
  await type('U0DANA', 'access');
  await answers('Begin with /access.');
});

test('a command asks, lists what somebody has, and ends it', async () => {
  await type('U0DANA', '/access payments ReadOnly 2h looking into a bug');
  await answers('Got it. I will message you.');
  await page.press('U0OWNER', 'approve');
  await page.requestIs('ACTIVE');
  await type('U0DANA', '/access list');
  await page.reads('U0DANA', 'what you have');
  await type('U0DANA', '/access end');
  await page.requestIs('REVOKED');
});

test('a command in which a word is missing opens the form, with what was typed', async () => {
  await type('U0DANA', '/access payments ReadOnly');
  await page.shown(page.at('field-duration_text'));
  assert.equal(await page.at('field-project').inputValue(), 'payments');
  assert.equal(await page.at('field-role').inputValue(), 'ReadOnly');
  await page.view.page.keyboard.press('Escape');
});

test('the step of a workflow waits for what becomes of it, and says what is wrong', async () => {
  await page.person('U0DANA');
  if (!(await page.at('ask-step').isVisible())) await page.view.page.locator('#ask summary').click();
  await page.at('ask-project').selectOption('payments');
  await page.at('ask-role').selectOption('ReadOnly');
  await page.at('ask-duration').fill('1h');
  await page.at('ask-step').click();
  await page.shown(page.view.page.locator('#ask-answer', { hasText: 'The workflow waits' }));
  await page.press('U0OWNER', 'approve');
  await page.person('U0DANA');
  if (!(await page.at('ask-step').isVisible())) await page.view.page.locator('#ask summary').click();
  await page.shown(page.view.page.locator('#ask-answer.fine', { hasText: 'The step is done: ACTIVE' }));
  await page.at('ask-duration').fill('9 days');
  await page.at('ask-step').click();
  await page.shown(page.view.page.locator('#ask-answer.bad', { hasText: 'The step failed' }));
});

test('the page complained about nothing and asked no other host', () => {
  assert.deepEqual(page.view.complaints, []);
  assert.deepEqual(page.view.foreign, []);
});
