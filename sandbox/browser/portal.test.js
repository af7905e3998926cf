// Access without a secret: Identity Center's portal as the person sees it, and a role that they assume.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startPage } from './lib/page.js';

let page;

before(async () => {
  page = await startPage();
});

after(() => page?.stop());

/** A session of a role; those of permission sets go on beside it. */
const roleSession = () => page.at('portal-session').filter({ has: page.view.page.locator('code'), hasNotText: 'DENIED' });

async function api(path, body) {
  const options = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return (await fetch(new URL(path, page.sandbox.url), options)).json();
}

const gone = (locator) => locator.first().waitFor({ state: 'detached' });

test('what was there before a grant is there, and nothing for Dana', async () => {
  await page.person('U0OWNER');
  assert.match(await page.at('portal-entry').textContent(), /ViewOnlyAccess.*by the group Platform/);
  await page.person('U0DANA');
  await gone(page.at('portal-entry'));
});

test('a permission set is asked for, approved, opened, and seen gone; what was opened goes on', async () => {
  await page.ask('U0DANA', 'console', 'Billing', '30m');
  await page.press('U0OWNER', 'approve');
  await page.requestIs('ACTIVE');
  await page.person('U0DANA');
  await page.shown(page.at('portal-entry'));
  assert.match(await page.at('portal-entry').textContent(), /123456789012.*Billing/);
  await page.shown(page.at('assignment').filter({ hasText: 'to dana@example.com' }));
  await page.at('portal-open').click();
  await page.shown(page.at('portal-session'));
  assert.match(await page.at('portal-session').textContent(), /goes on until then/);
  await page.at('portal-use').click();
  await page.shown(page.at('portal-result').filter({ hasText: /^Allowed: .*keylease-notify/ }));
  const { identity_center: { sessions: [{ access_key_id }] } } = await api('api/state');
  await page.moveTo('the end');
  await page.requestIs('EXPIRED');
  await gone(page.at('portal-entry'));
  await gone(page.at('assignment').filter({ hasText: 'to dana@example.com' }));
  await page.at('portal-use').click();
  await page.shown(page.at('portal-result').filter({ hasText: /^Allowed/ }));
  await page.at('clock-3600').click();
  await gone(page.at('portal-session'));
  const used = await api('api/use-key', { access_key_id, action: 'sqs:ListQueues' });
  assert.equal(used.code, 'ExpiredToken', 'its own end is the end of it');
});

test('a group is joined and left, and what it opens with it', async () => {
  const group = page.at('group').filter({ hasText: 'Reporters' });
  assert.match(await group.textContent(), /nobody is in it/);
  await page.ask('U0DANA', 'console', 'Reports', '1h');
  await page.press('U0OWNER', 'approve');
  await page.shown(group.filter({ hasText: 'dana@example.com' }));
  await page.person('U0DANA');
  await page.shown(page.at('portal-entry').filter({ hasText: 'by the group Reporters' }));
  await page.at('portal-open').click();
  await page.at('portal-use').click();
  await page.shown(page.at('portal-result').filter({ hasText: /^Allowed: You are arn:aws:sts::210987654321:.*ViewOnlyAccess/ }));
  await page.moveTo('the end');
  await page.shown(group.filter({ hasText: 'nobody is in it' }));
  await gone(page.at('portal-entry'));
  await page.shown(page.at('group').filter({ hasText: 'olivia@example.com' }));
});

test('a role is assumed without any secret, and its session dies on the second', async () => {
  await page.ask('U0DANA', 'payments', 'Support', '30m');
  await page.press('U0OWNER', 'approve');
  await page.person('U0DANA');
  await page.shown(page.at('portal-role'));
  await page.at('portal-assume').click();
  await page.shown(roleSession());
  await roleSession().getByTestId('portal-use').click();
  await page.shown(roleSession().getByTestId('portal-result').filter({ hasText: /^Allowed/ }));
  await page.moveTo('the end');
  const denied = page.at('portal-session').filter({ hasText: 'DENIED' });
  await page.shown(denied);
  await denied.getByTestId('portal-use').click();
  await page.shown(page.at('portal-result').filter({ hasText: /^Denied/ }));
  await gone(page.at('portal-role'));
});

test('account access manager opens a role, whose session dies on the second', async () => {
  await page.ask('U0DANA', 'console', 'Inspect', '30m');
  await page.press('U0OWNER', 'approve');
  await page.person('U0DANA');
  const role = page.at('portal-role').filter({ hasText: 'account access manager' });
  await page.shown(role);
  await page.at('portal-enter').click();
  await page.shown(roleSession());
  await roleSession().getByTestId('portal-use').click();
  await page.shown(roleSession().getByTestId('portal-result').filter({ hasText: /^Allowed/ }));
  await page.moveTo('the end');
  await gone(role);
  await gone(roleSession());
});

test('the page complained about nothing and asked no other host', () => {
  assert.deepEqual(page.view.complaints, []);
  assert.deepEqual(page.view.foreign, []);
});
