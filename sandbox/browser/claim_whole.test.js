// A claim over the sandbox's real ingress and workers: the page under its own policy opens what a worker sealed.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { openPage } from './lib/browser.js';
import { startSandbox } from './lib/sandbox.js';

const SOON_MS = 30_000;
const LOOK_EVERY_MS = 100;

let sandbox;
let view;

before(async () => {
  sandbox = await startSandbox();
});

after(async () => {
  await view?.close();
  if (sandbox) assert.equal(await sandbox.stop(), 0, sandbox.output());
});

async function api(path, body) {
  const options = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await (await fetch(new URL(path, sandbox.url), options)).json();
  assert.notEqual(answer.ok, false, answer.message);
  return answer;
}

/** Waits for a message that this person sees and that has all of these words. */
async function message(person, words) {
  for (const until = Date.now() + SOON_MS; Date.now() < until; await pause(LOOK_EVERY_MS)) {
    const { views } = await api('api/state');
    const found = views[person].find((one) => words.every((word) => JSON.stringify(one).includes(word)));
    if (found) return found;
  }
  throw new Error(`${person} sees no message with ${words}`);
}

async function click(person, action_id, words = []) {
  const { channel, ts } = await message(person, [`"${action_id}"`, ...words]);
  await api('api/click', { person, channel, ts, action_id });
}

/** Dana opens the link to what this role gives, and says in Slack that the machine is hers; finds things on the page. */
async function claimOnThePage(role) {
  const told = JSON.stringify(await message('U0DANA', ['keylease claim http', role]));
  const [link] = /http:[^"\\`>| ]*\/claim\/[A-Za-z0-9_-]+/.exec(told);
  view = await openPage(link);
  view.page.setDefaultTimeout(SOON_MS);
  const at = (id) => view.page.locator(`#${id}`);
  await at('ask').getByRole('button').click();
  await at('wait').waitFor();
  await click('U0DANA', 'confirm_claim', [await at('code').textContent()]);
  await at('ready').waitFor();
  return at;
}

test('a session is claimed on the page, by the click in Slack', async () => {
  const asked = { person: 'U0DANA', project: 'website', role: 'ClaimedSession', duration: '2h', justification: 'look' };
  await api('api/ask', asked);
  await click('U0OWNER', 'approve');
  const at = await claimOnThePage('ClaimedSession');
  assert.match(await at('profile').textContent(), /^\[keylease\]\naws_access_key_id = ASIA[^]*aws_session_token = ./);
  assert.deepEqual(view.complaints.filter((text) => !/favicon/.test(text)), []);
  assert.deepEqual(view.foreign, []);
  // The link to the console came sealed; it opens in a tab of its own, which learns nothing of this page.
  const opened = view.page.context().waitForEvent('page');
  await at('console').press('Enter');
  const tab = await opened;
  await tab.getByRole('heading', { name: 'Signed in' }).waitFor();
  assert.match(tab.url(), /\/federation\?Action=login&Issuer=keylease&.*SigninToken=a\+token/);
  assert.equal(await tab.evaluate(() => globalThis.opener === null && document.referrer === ''), true);
  await view.page.reload();
  await at('ask').getByRole('button').click();
  await at('over').waitFor();
  assert.match(await at('over-title').textContent(), /Nothing can be claimed/);
});

test('a role of a grant\'s own is claimed on the page, used, ended and gone', async () => {
  await view?.close();
  const asked = { person: 'U0DANA', project: 'website', role: 'ClaimedRole', duration: '2h', justification: 'look' };
  await api('api/ask', asked);
  await click('U0OWNER', 'approve', ['ClaimedRole']);
  const at = await claimOnThePage('ClaimedRole');
  const [, access_key_id] = /aws_access_key_id = (ASIA\w+)/.exec(await at('profile').textContent());
  const use = () => api('api/use-key', { access_key_id, action: 'sqs:ListQueues' });
  assert.equal((await use()).allowed, true);
  await click('U0DANA', 'revoke', ['ClaimedRole']);
  for (const until = Date.now() + SOON_MS; ; await pause(LOOK_EVERY_MS)) {
    assert.ok(Date.now() < until, 'the role is gone');
    const { requests, roles } = await api('api/state');
    if (requests.some((one) => one.role === 'ClaimedRole' && one.gone_at) && roles.length === 0) break;
  }
  assert.equal((await use()).allowed, false, 'and its session is dead');
});
