// Makes the pictures of docs/asking.md and docs/approving.md anew: cargo xtask browser pictures.js

import assert from 'node:assert/strict';
import { mkdir, stat } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { startPage } from './lib/page.js';

const FOLDER = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const BYTES_MAX = 150_000;

let page;

before(async () => {
  await mkdir(FOLDER, { recursive: true });
  page = await startPage();
  // The same on every machine, and nothing half faded in.
  await page.view.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
});

after(() => page?.stop());

async function picture(name, locator) {
  await page.shown(locator);
  const path = `${FOLDER}${name}.png`;
  await locator.screenshot({ path });
  const { size } = await stat(path);
  assert.ok(size < BYTES_MAX, `${name}.png has ${size} bytes`);
}

const form = () => page.view.page.locator('#form');
const message = (words) => page.at('message').filter({ hasText: words }).last();

test('the form, and what is wrong at its field', async () => {
  await page.person('U0DANA');
  await page.at('form-open').click();
  await page.at('field-project').locator('option[value="payments"]').waitFor({ state: 'attached' });
  await page.at('field-project').selectOption('payments');
  await page.at('field-role').locator('option[value="ReadOnly"]').waitFor({ state: 'attached' });
  await page.at('field-role').selectOption('ReadOnly');
  await page.shown(form().getByText('for up to').or(form().getByText('8 hours')).first());
  await page.at('field-justification').fill('Look into the failed payouts of this morning');
  await picture('asking-form', form());
  await page.at('field-duration_text').fill('9 days');
  await page.at('form-submit').click();
  await page.shown(form().locator('.wrong'));
  await picture('asking-wrong', form());
  await page.at('field-duration_text').fill('1h');
  await page.at('form-submit').click();
  await page.requestIs('PENDING');
});

test('what an approver sees', async () => {
  await page.person('U0OWNER');
  await picture('approving-message', message('ReadOnly'));
  await page.press('U0OWNER', 'deny_reason');
  await page.at('field-reason').fill('Use the report in the dashboard; it has the same numbers');
  await picture('approving-deny', form());
  await page.at('form-close').click();
  await page.at('show-home').click();
  await page.shown(page.at('home').getByTestId('action-approve').first());
  await picture('approving-home', page.at('home'));
  await page.at('show-messages').click();
  await page.press('U0OWNER', 'approve');
  await page.requestIs('ACTIVE');
});

test('the warning before the end', async () => {
  await page.moveTo('the warning');
  await page.reads('U0DANA', 'ask for an extension now');
  await picture('asking-warning', message('ask for an extension now'));
});
