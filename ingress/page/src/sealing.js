// The claimer's half of sealing: the key pair, the code that a person compares, and opening. `shared/sealing` is the other.

import { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';

import { fromBase64url, utf8 } from './bytes.js';

/** Letters that nobody mistakes for another or for a digit: no I and no O. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A key pair whose private half cannot leave the browser's own keeping, and its public half as bytes. */
export async function makeKey() {
  const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);
  return { pair, point: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) };
}

/** The code of one delivery, such as `ABC-DEF`. */
export async function codeOf(point, claimId, deliveryId) {
  const head = utf8(`keylease/code/v1:${claimId}:${deliveryId}:`);
  const text = new Uint8Array(head.length + point.length);
  text.set(head);
  text.set(point, head.length);
  const digest = new DataView(await crypto.subtle.digest('SHA-256', text));
  let number = digest.getBigUint64(0);
  const letters = [];
  for (let place = 0; place < 6; place += 1) {
    letters.push(LETTERS[Number(number % 24n)]);
    number /= 24n;
  }
  return `${letters.slice(0, 3).join('')}-${letters.slice(3).join('')}`;
}

/** Opens what was sealed to this key for this delivery. */
export async function open(pair, claimId, deliveryId, enc, ciphertext) {
  const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  const recipient = { recipientKey: pair, enc: fromBase64url(enc), info: utf8(`keylease/claim/v1:${claimId}:${deliveryId}`) };
  const opened = await suite.open(recipient, fromBase64url(ciphertext));
  return new TextDecoder().decode(opened);
}
