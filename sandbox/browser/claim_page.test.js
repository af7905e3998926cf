// The claim page in Chromium: claimed by keyboard alone, refused, over, and on a phone; and what a secret never reaches.

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { openPage } from './lib/browser.js';
import { codeOf, startClaims } from './lib/claims.js';
import { fromBase64url } from './lib/seal.js';

const SOON_MS = 20_000;
const PICTURES = process.env.KEYLEASE_CLAIM_PICTURES;

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const session = () => ({
  Version: 1, AccessKeyId: 'ASIAQQQQQQQQQQQQQQQQ', SecretAccessKey: 'verysecret/+abc', SessionToken: 'thetoken==',
  Expiration: inAnHour(), console_url: 'https://signin.aws.amazon.com/federation?Action=login&SigninToken=signinsecret',
});
const key = () => ({ Version: 1, AccessKeyId: 'AKIAQQQQQQQQQQQQQQQQ', SecretAccessKey: 'verysecret/+abc', Expiration: inAnHour() });
const SECRETS = ['verysecret', 'thetoken', 'signinsecret'];

let claims;
let view;

before(async () => {
  claims = await startClaims();
});

beforeEach(async () => {
  await view?.close();
  Object.assign(claims.world, { answer: { state: 'waiting' }, status: 202, code: undefined, asked: [], looks: 0 });
  view = await openPage(claims.page);
  view.page.setDefaultTimeout(SOON_MS);
});

after(async () => {
  await view?.close();
  claims.stop();
});

const at = (id) => view.page.locator(`#${id}`);
const picture = async (name) => PICTURES && view.page.screenshot({ path: `${PICTURES}/${name}.png`, fullPage: true });

async function askByKeyboard(label) {
  for (let presses = 0; presses < 3 && (await view.page.evaluate(() => document.activeElement.id)) !== 'label'; presses += 1) {
    await view.page.keyboard.press('Tab');
  }
  await view.page.keyboard.press('ControlOrMeta+A');
  await view.page.keyboard.type(label);
  await view.page.keyboard.press('Enter');
  await at('wait').waitFor();
}

/** Nothing was complained about, and no other host was asked. */
function quiet() {
  assert.deepEqual(view.complaints.filter((text) => !/favicon/.test(text)), []);
  assert.deepEqual(view.foreign, []);
}

/** Everything that a page keeps, besides the text of its elements. */
async function kept() {
  return view.page.evaluate(() => {
    const attributes = [...document.querySelectorAll('*')].flatMap((one) => [...one.attributes].map((found) => found.value));
    return JSON.stringify([
      attributes, location.href, document.title, document.cookie, { ...localStorage }, { ...sessionStorage }, history.state, name,
    ]);
  });
}

test('nothing is asked before somebody presses the button', async () => {
  await at('start').waitFor();
  assert.deepEqual(claims.world.asked, []);
  assert.equal(await at('command').textContent(), `keylease claim ${claims.page}`);
  assert.match(await at('label').inputValue(), /Chrome on/);
  await picture('start');
  quiet();
});

test('a session is claimed by keyboard alone, and its secrets are in the text of the page and nowhere else', async () => {
  await askByKeyboard('my laptop');
  const [asked] = claims.world.asked;
  assert.equal(asked.label, 'my laptop');
  const code = codeOf(fromBase64url(asked.public_key), 'delivery-1');
  assert.equal(await at('code').textContent(), code);
  assert.ok((await at('status').textContent()).includes(`The code is ${[...code.replace('-', '')].join(' ')}`));
  assert.equal(await view.page.evaluate(() => document.activeElement.tagName), 'H2');
  await picture('wait');
  claims.world.answer = { credential: session() };
  await at('ready').waitFor();
  for (const id of ['shell', 'powershell', 'profile']) {
    const text = await at(id).textContent();
    assert.ok(['ASIAQQQQQQQQQQQQQQQQ', 'verysecret/+abc', 'thetoken=='].every((part) => text.includes(part)), text);
  }
  assert.ok(await at('hour').isVisible() && await at('console').isVisible());
  assert.ok((await at('status').textContent()).includes('The credential is here'));
  const everything = await kept();
  for (const secret of SECRETS) assert.ok(!everything.includes(secret), secret);
  await picture('ready');
  await at('clear').click();
  await at('over').waitFor();
  const page = await view.page.content();
  for (const secret of SECRETS) assert.ok(!page.includes(secret), secret);
  quiet();
});

test('only a link that signs in to AWS is offered, and only while it works', async () => {
  const sign = 'https://signin.aws.amazon.com/federation?Action=login&SigninToken=x';
  for (const [url, offered] of [
    [sign, true], [sign.replace('https:', 'http:'), false], [sign.replace('signin.', 'eu-central-1.signin.'), true],
    ['https://signin.amazonaws-us-gov.com/federation?Action=login', true], ['https://signin.aws.amazon.com.example.com/', false],
    ['https://evilsignin.aws.amazon.com/', false], ['https://signin.aws.amazon.com@example.com/', false],
    ['javascript:alert(1)', false], ['data:text/html,x', false], ['https://example.com/', false], [7, false], [null, false],
    ['http://127.0.0.1:9/federation', true],
  ]) {
    await view.page.clock.install();
    await view.page.reload();
    claims.world.answer = { state: 'waiting' };
    await askByKeyboard('x');
    claims.world.answer = { credential: { ...session(), console_url: url } };
    await view.page.clock.runFor(10_000);
    await at('ready').waitFor();
    assert.equal(await at('console').isVisible(), offered, String(url));
  }
  await view.page.clock.runFor(15 * 60_000);
  assert.ok(!(await at('console').isVisible()) && await at('shell').isVisible());
});

test('what is copied is what is shown', async () => {
  await view.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin: claims.origin });
  await askByKeyboard('x');
  claims.world.answer = { credential: key() };
  await at('ready').waitFor();
  assert.ok(!(await at('hour').isVisible()) && !(await at('console').isVisible()), 'a key has no session');
  for (const [name, id] of [['Copy for a shell', 'shell'], ['Copy as a profile', 'profile']]) {
    await view.page.getByRole('button', { name }).click();
    await view.page.getByRole('button', { name: 'Copied' }).first().waitFor();
    assert.equal(await view.page.evaluate(() => navigator.clipboard.readText()), await at(id).textContent());
  }
  quiet();
});

test('each end without a credential says what to do next', async () => {
  for (const [answer, title] of [
    [{ state: 'refused' }, /Nothing was handed out/], [{ state: 'over' }, /cannot be claimed here any more/],
    [{ state: 'ready', enc: 'AAAA', ciphertext: 'AAAA' }, /cannot be opened/], [{ state: 'else' }, /did not work/],
    [{ credential: { ...key(), SecretAccessKey: "'; rm -rf ~; '" } }, /cannot be opened/],
  ]) {
    await view.page.reload();
    claims.world.answer = { state: 'waiting' };
    await askByKeyboard('x');
    claims.world.answer = answer;
    await at('over').waitFor();
    assert.match(await at('over-title').textContent(), title);
    assert.ok((await at('over-next').textContent()).length > 20);
    assert.ok((await at('status').textContent()).includes(await at('over-next').textContent()));
  }
  await picture('over');
  quiet();
});

test('a swapped code is not shown, and statuses are told apart', async () => {
  claims.world.code = 'ABC-DEF';
  await at('ask').getByRole('button').click();
  await at('over').waitFor();
  assert.match(await at('over-title').textContent(), /code is of another key/);
  assert.equal(await at('code').textContent(), '');
  for (const [status, title] of [[404, /Nothing can be claimed/], [429, /used too often/], [400, /did not work/], [503, /did not work/]]) {
    await view.page.reload();
    claims.world.status = status;
    await at('ask').getByRole('button').click();
    await at('over').waitFor();
    assert.match(await at('over-title').textContent(), title);
    assert.equal(await at('again').isVisible(), status !== 404);
  }
  await at('again').click();
  await at('start').waitFor();
});

test('on a phone, in the dark, nothing is cut off', async () => {
  await view.page.setViewportSize({ width: 320, height: 640 });
  await view.page.emulateMedia({ colorScheme: 'dark' });
  const fits = () => view.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);
  assert.ok(await fits());
  await picture('start-phone');
  await askByKeyboard('x');
  assert.ok(await fits());
  await picture('wait-phone');
  claims.world.answer = { credential: session() };
  await at('ready').waitFor();
  assert.ok(await fits());
  await picture('ready-phone');
  quiet();
});

