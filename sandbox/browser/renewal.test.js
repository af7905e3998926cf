// An 8-hour grant of a session is renewed by its machine across AWS's hour, by the moved clock, and not past its end.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { webcrypto } from 'node:crypto';

import { startPage } from './lib/page.js';

const SOON_MS = 30_000;
const LOOK_EVERY_MS = 100;
const HOUR = 3_600;
const { subtle } = webcrypto;
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

let page;
let moved = 0;

before(async () => {
  page = await startPage();
});

after(() => page?.stop());

async function json(url, body) {
  const options = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(url, options);
  return { status: answer.status, ...(await answer.json()) };
}

async function until(what, look) {
  for (const end = Date.now() + SOON_MS; Date.now() < end; await pause(LOOK_EVERY_MS)) {
    const found = await look();
    if (found) return found;
  }
  throw new Error(`${what} did not happen`);
}

const state = () => json(new URL('api/state', page.sandbox.url));

/** Sessions of grants that can be used at this moment, by what the sandbox's AWS says. */
async function usable() {
  return (await state()).sessions.filter((session) => !session.denied);
}

async function pass(seconds) {
  await page.view.page.evaluate((seconds) => fetch('/api/clock', {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ seconds }),
  }), seconds);
  moved += seconds;
}

test('a claimed session goes on for as long as its grant, an hour at a time', async () => {
  await page.ask('U0DANA', 'website', 'ClaimedSession', '8h');
  await page.press('U0OWNER', 'approve');
  await page.requestIs('READY');
  const link = await until('the link', async () => {
    const seen = JSON.stringify((await state()).views.U0DANA);
    return /keylease claim (http:[^"\\`>| ]*\/claim\/[A-Za-z0-9_-]+)/.exec(seen)?.[1];
  });
  const claims = link.replace('/claim/', '/claims/');
  const claim = link.split('/').at(-1);

  const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
  const public_key = base64url(await subtle.exportKey('raw', pair.publicKey));
  const asked = await json(claims, { public_key, label: 'a machine of the test' });
  assert.equal(asked.status, 202, JSON.stringify(asked));
  await page.reads('U0DANA', asked.code);
  await page.press('U0DANA', 'confirm_claim');
  const ready = async (id) => (await json(`${claims}/${id}`)).state === 'ready';
  await until('the credential', () => ready(asked.delivery_id));

  const renew = async (delivery) => {
    const requested_at = Math.floor(Date.now() / 1000) + moved;
    const text = new TextEncoder().encode(`keylease/renew/v1:${claim}:${delivery}:${requested_at}`);
    const signature = base64url(await subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, text));
    return json(`${claims}/${delivery}/renewals`, { requested_at, signature });
  };
  let delivery = asked.delivery_id;
  for (let hour = 1; hour < 8; hour += 1) {
    assert.equal((await usable()).length, 1, `in hour ${hour}`);
    await pass(HOUR);
    await until('the end of the hour', async () => (await usable()).length === 0);
    const next = await until('a renewal', async () => {
      const answer = await renew(delivery);
      return answer.status === 202 && answer;
    });
    delivery = next.delivery_id;
    await until('the next credential', () => ready(delivery));
  }
  await pass(HOUR);
  await page.requestIs('EXPIRED');
  assert.equal((await usable()).length, 0);
  assert.equal((await renew(delivery)).status, 404);
});

test('the page complained about nothing and asked no other host', () => {
  assert.deepEqual(page.view.complaints, []);
  assert.deepEqual(page.view.foreign, []);
});
