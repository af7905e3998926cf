// The app's Home tab, threads, user groups, and somebody who leaves the company.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { tabTo } from './lib/keyboard.js';
import { startPage } from './lib/page.js';

let page;

before(async () => {
  page = await startPage();
});

after(() => page?.stop());

const home = () => page.at('home');

async function openHome(who) {
  await page.person(who);
  await page.at('show-home').click();
  await page.shown(home());
}

test('the Home tab shows whom it is opened for what is theirs, and its buttons work', async () => {
  await page.ask('U0DANA', 'oncall', 'Logs', '8h');
  await openHome('U0OWNER');
  await page.shown(home().getByTestId('action-approve').first());
  await home().getByTestId('action-approve').first().click();
  await page.requestIs('ACTIVE');
  await page.person('U0DANA');
  await page.shown(home().getByTestId('action-revoke').first());
  assert.match(await home().textContent(), /Logs/);
});

test('by keyboard: the Home tab is reached, and the messages again', async () => {
  await tabTo(page.view.page, 'show-messages');
  await page.view.page.keyboard.press('Enter');
  await page.shown(page.at('message').first());
});

test('a person is shown with their user groups, and a group by its name', async () => {
  await page.person('U0DANA');
  assert.match(await page.at('person-groups').textContent(), /@engineers/);
  await page.person('U0OWNER');
  assert.match(await page.at('person-groups').textContent(), /no user group/);
});

test('a reminder is in the thread of the message that it is about', async () => {
  await page.ask('U0DANA', 'oncall', 'Admin', '1h');
  await page.moveTo('a reminder');
  await page.person('U0OWNER');
  const thread = page.at('thread').first();
  await page.shown(thread);
  assert.match(await thread.textContent(), /still waits for a decision/);
});

test('who leaves the company loses what they have and what they asked for', async () => {
  await page.person('U0DANA');
  await page.at('leave').click();
  await page.requestIs('REVOKED');
  await page.view.page.locator('[data-testid="request-row"][data-status="PENDING"]').waitFor({ state: 'detached' });
  await page.view.page.getByTestId('iam-user').first().waitFor({ state: 'detached' });
  assert.match(await page.at('person-U0DANA').textContent(), /has left/);
  await page.at('leave').click();
  await page.shown(page.at('person-U0DANA').getByText('Requester'));
});

test('the page complained about nothing and asked no other host', () => {
  assert.deepEqual(page.view.complaints, []);
  assert.deepEqual(page.view.foreign, []);
});
