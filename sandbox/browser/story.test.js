// What a newcomer tries, by the app's own forms: approve for less time, be done early, break the glass and have it reviewed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startPage } from './lib/page.js';

let page;

before(async () => {
  page = await startPage();
});

after(() => page?.stop());

async function fillForm(project, role) {
  await page.person('U0DANA');
  await page.at('form-open').click();
  await page.at('field-project').locator(`option[value="${project}"]`).waitFor({ state: 'attached' });
  await page.at('field-project').selectOption(project);
  await page.at('field-role').locator(`option[value="${role}"]`).waitFor({ state: 'attached' });
  await page.at('field-role').selectOption(role);
}

test('an approver grants less time, and whoever asked is done early', async () => {
  await page.ask('U0DANA', 'payments', 'ReadOnly', '4h');
  await page.press('U0OWNER', 'approve_shorter');
  await page.at('field-duration').selectOption({ index: 1 });
  await page.at('form-submit').click();
  await page.requestIs('ACTIVE');
  await page.moveTo('the warning');
  await page.reads('U0DANA', "I'm done");
  await page.press('U0DANA', 'revoke');
  const yes = page.view.page.locator('#confirm-yes');
  await page.shown(yes);
  await yes.click();
  await page.requestIs('REVOKED');
});

test('in an emergency the glass is broken, and an approver reviews it', async () => {
  await fillForm('oncall', 'Admin');
  await page.at('field-break_glass').waitFor();
  await page.at('field-break_glass').selectOption({ index: 2 });
  await page.at('field-duration_text').fill('30m');
  await page.at('field-justification').fill('the ledger is down');
  await page.at('form-submit').click();
  await page.requestIs('ACTIVE');
  await page.moveTo('a reminder to review');
  await page.press('U0OWNER', 'review_note');
  await page.at('field-note').fill('looked at it with Dana');
  await page.at('form-submit').click();
  await page.reads('U0OWNER', 'looked at it with Dana');
});

test('a session is mailed, used, ended early by its approver, and denied', async () => {
  await page.ask('U0DANA', 'payments', 'PowerUser', '30m');
  await page.press('U0OWNER', 'approve');
  await page.person('U0DANA');
  await page.at('mail').filter({ hasText: 'PowerUser on payments' }).first().click();
  await page.shown(page.at('mail-body').filter({ hasText: 'aws_session_token' }));
  const call = async () => {
    await page.at('use-key-action').selectOption('sqs:ListQueues');
    await page.at('use-key-submit').click();
  };
  const newest = page.at('use-key-result').locator('.outcome').first();
  await call();
  await page.shown(newest.filter({ hasText: /^Allowed/ }));
  await page.press('U0OWNER', 'revoke');
  const yes = page.view.page.locator('#confirm-yes');
  await page.shown(yes);
  await yes.click();
  await page.shown(page.at('iam-session').filter({ hasText: 'DENIED' }).first());
  await page.person('U0DANA');
  await call();
  await page.shown(newest.filter({ hasText: /^Denied/ }));
});

test('the page complained about nothing and asked no other host', () => {
  assert.deepEqual(page.view.complaints, []);
  assert.deepEqual(page.view.foreign, []);
});
