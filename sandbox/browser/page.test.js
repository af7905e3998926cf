// A grant's whole life on the sandbox's page: asked, approved, used, ended.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openPage } from './lib/browser.js';
import { tabTo, type, valueOf } from './lib/keyboard.js';
import { startSandbox } from './lib/sandbox.js';

/** What the page does within this is soon enough on a busy machine. */
const SOON_MS = 20_000;
/** A grant of 20 s, and the time to notice that it has ended. */
const ENDED_MS = 60_000;

let sandbox;
let view;

before(async () => {
  sandbox = await startSandbox();
  view = await openPage(sandbox.url);
  view.page.setDefaultTimeout(SOON_MS);
});

after(async () => {
  await view?.close();
  if (sandbox) assert.equal(await sandbox.stop(), 0, `the sandbox ends with 0:\n${sandbox.output()}`);
});

const at = (testId) => view.page.getByTestId(testId);

async function shown(locator, within = SOON_MS) {
  await locator.waitFor({ state: 'visible', timeout: within });
}

async function gone(locator, within = SOON_MS) {
  await locator.first().waitFor({ state: 'detached', timeout: within });
}

function requestIs(status, within = SOON_MS) {
  return shown(view.page.locator(`[data-testid="request-row"][data-status="${status}"]`), within);
}

/** Calls AWS with the delivered key, and gives what the page says came of it: the newest outcome comes first. */
async function callWithKey(action) {
  const outcomes = at('use-key-result').locator('.outcome');
  const before = await outcomes.count();
  await at('use-key-action').selectOption(action);
  await at('use-key-submit').click();
  await outcomes.nth(before).waitFor();
  const newest = await outcomes.first().textContent();
  assert.ok(newest.includes(action), newest);
  return newest;
}

test('Dana asks, by keyboard alone', async () => {
  await tabTo(view.page, 'person-U0DANA');
  await view.page.keyboard.press('Enter');
  for (const [field, text] of [
    ['ask-project', 'payments'],
    ['ask-role', 'ReadOnly'],
    ['ask-duration', '20s'],
    ['ask-justification', 'looking into ticket 42'],
  ]) {
    await tabTo(view.page, field);
    await type(view.page, text);
    assert.equal(await valueOf(view.page, field), text);
  }
  await tabTo(view.page, 'ask-submit');
  await view.page.keyboard.press('Enter');
  await requestIs('PENDING');
});

test('Olivia sees who asks for what, and approves', async () => {
  await at('person-U0OWNER').click();
  const message = at('message').filter({ has: at('action-approve') });
  await shown(message);
  const text = await message.textContent();
  for (const word of ['payments', 'ReadOnly', 'looking into ticket 42']) assert.ok(text.includes(word), text);
  await message.getByTestId('action-approve').click();
  await requestIs('ACTIVE');
  await gone(at('action-approve'));
});

test('Dana reads the mail', async () => {
  await at('person-U0DANA').click();
  await shown(at('mail').first());
  await at('mail').first().click();
  await shown(at('mail-body'));
  const text = await at('mail-body').textContent();
  assert.match(text, /aws_access_key_id = AKIA\w+/);
  assert.match(text, /aws_secret_access_key = \S+/);
});

test('the key does what the role allows, and nothing more', async () => {
  assert.match(await callWithKey('sqs:ListQueues'), /^Allowed/);
  assert.match(await callWithKey('iam:CreateUser'), /^Denied.*AccessDenied/);
});

test('the live grant is in IAM and on the schedule, and its time runs', async () => {
  await shown(at('iam-user').first());
  await shown(at('schedule').first());
  await shown(at('queue').first());
  const left = at('request-row').locator('.countdown');
  const first = await left.textContent();
  assert.match(first, /^\d+ s$/);
  await view.page.waitForFunction((first) => document.querySelector('.countdown').textContent !== first, first);
  if (process.env.KEYLEASE_SCREENSHOT) {
    await view.page.screenshot({ path: process.env.KEYLEASE_SCREENSHOT, fullPage: true });
  }
});

test('the grant ends by itself, and the key with it', async () => {
  await requestIs('EXPIRED', ENDED_MS);
  await gone(at('iam-user'));
  assert.match(await callWithKey('sqs:ListQueues'), /^Denied/);
});

test('Dana asks by the form, is told at the field what is wrong, and reads why she is denied', async () => {
  await at('person-U0DANA').click();
  if (!(await at('form-open').isVisible())) await view.page.locator('#ask summary').click();
  await at('form-open').click();
  await shown(at('field-project').locator('option[value="website"]').first().locator('xpath=..'));
  await at('field-project').selectOption('payments');
  await shown(at('field-role').locator('xpath=self::select'));
  await at('field-role').selectOption('ReadOnly');
  await at('field-duration_text').fill('9 days');
  await at('form-submit').click();
  const wrong = view.page.locator('.form .wrong');
  await shown(wrong);
  assert.match(await wrong.textContent(), /8 hours/);
  await at('field-duration_text').fill('30 min');
  await at('form-submit').click();
  await requestIs('PENDING');
  await at('person-U0OWNER').click();
  await at('action-deny_reason').last().click();
  await at('field-reason').fill('not today');
  await at('form-submit').click();
  await requestIs('DENIED');
  await at('person-U0DANA').click();
  await shown(view.page.getByText('not today').first());
});

test('the page complained about nothing and asked no other host', () => {
  assert.deepEqual(view.complaints, []);
  assert.deepEqual(view.foreign, []);
});
