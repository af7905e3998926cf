// The claim page's library opens what other implementations and the standard sealed, and its code is theirs: the vectors of
// `shared/sealing`.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { codeOf, open } from '../../ingress/page/src/sealing.js';
import { fromBase64url, seal } from './lib/seal.js';

const VECTORS = new URL('../../shared/sealing/tests/vectors.json', import.meta.url);
const STANDARD = new URL('../../shared/sealing/tests/rfc9180.json', import.meta.url);
/** The page's own library, as it is bundled. */
const PAGE = new URL('../../ingress/page/src/sealing.js', import.meta.url);
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };

async function keys({ public_key: text, private_key: d }) {
  const point = fromBase64url(text);
  const [x, y] = [point.slice(1, 33), point.slice(33)].map((part) => Buffer.from(part).toString('base64url'));
  const privateKey = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y, d }, CURVE, false, ['deriveBits']);
  const publicKey = await crypto.subtle.importKey('raw', point, CURVE, true, []);
  return { point, pair: { privateKey, publicKey } };
}

test('what other implementations made is understood', async () => {
  const vectors = JSON.parse(await readFile(VECTORS, 'utf8'));
  assert.ok(vectors.length >= 6);
  for (const vector of vectors) {
    const { point, pair } = await keys(vector);
    const { claim_id: claim, delivery_id: delivery, enc, ciphertext, plaintext } = vector;
    assert.equal(await codeOf(point, claim, delivery), vector.code);
    assert.equal(await open(pair, claim, delivery, enc, ciphertext), plaintext);
    await assert.rejects(open(pair, claim, 'other', enc, ciphertext));
    // The test's own server seals by a second implementation.
    const again = await seal(point, `keylease/claim/v1:${claim}:${delivery}`, plaintext);
    assert.equal(await open(pair, claim, delivery, again.enc, again.ciphertext), plaintext);
  }
});

test('what RFC 9180 has of this suite is opened', async () => {
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = createRequire(PAGE)('@hpke/core');
  const vector = JSON.parse(await readFile(STANDARD, 'utf8'));
  const bytes = (text) => new Uint8Array(Buffer.from(text, 'hex'));
  const text = (hex) => Buffer.from(hex, 'hex').toString('base64url');
  const { pair } = await keys({ public_key: text(vector.pkRm), private_key: text(vector.skRm) });
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const recipient = { recipientKey: pair, enc: bytes(vector.enc), info: bytes(vector.info) };
  const context = await suite.createRecipientContext(recipient);
  for (const { ct, aad, pt } of vector.encryptions) {
    assert.deepEqual(new Uint8Array(await context.open(bytes(ct), bytes(aad))), bytes(pt));
  }
});
