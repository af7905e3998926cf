// Seals as the workers do (RFC 9180, base mode), written on Node's cryptography alone: a second implementation, which the
// page's library is held against.

import { webcrypto } from 'node:crypto';

const { subtle } = webcrypto;
const utf8 = (text) => new TextEncoder().encode(text);
const KEM = new Uint8Array([...utf8('KEM'), 0, 0x10]);
const SUITE = new Uint8Array([...utf8('HPKE'), 0, 0x10, 0, 1, 0, 2]);
const NONE = new Uint8Array();

const join = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Uint8Array.from(part))));

async function hmac(key, text) {
  // An empty key is one of zeros, which Node does not take as empty.
  const bytes = key.length ? key : new Uint8Array(32);
  const imported = await subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return new Uint8Array(await subtle.sign('HMAC', imported, text));
}

const extract = (suite, salt, label, text) => hmac(salt, join(utf8('HPKE-v1'), suite, utf8(label), text));

/** Of 32 bytes at most, so that one block is enough. */
async function expand(suite, key, label, text, length) {
  const block = await hmac(key, join([0, length], utf8('HPKE-v1'), suite, utf8(label), text, [1]));
  return block.slice(0, length);
}

export const toBase64url = (bytes) => Buffer.from(bytes).toString('base64url');
export const fromBase64url = (text) => new Uint8Array(Buffer.from(text, 'base64url'));

/** Seals to an uncompressed point; `pair` is the ephemeral key, a new one where none is given. */
export async function seal(point, info, plaintext, pair) {
  const curve = { name: 'ECDH', namedCurve: 'P-256' };
  const ephemeral = pair ?? (await subtle.generateKey(curve, true, ['deriveBits']));
  const recipient = await subtle.importKey('raw', point, curve, true, []);
  const enc = new Uint8Array(await subtle.exportKey('raw', ephemeral.publicKey));
  const dh = new Uint8Array(await subtle.deriveBits({ name: 'ECDH', public: recipient }, ephemeral.privateKey, 256));
  const eae = await extract(KEM, NONE, 'eae_prk', dh);
  const shared = await expand(KEM, eae, 'shared_secret', join(enc, point), 32);
  const context = join(
    [0], await extract(SUITE, NONE, 'psk_id_hash', NONE), await extract(SUITE, NONE, 'info_hash', utf8(info)),
  );
  const secret = await extract(SUITE, shared, 'secret', NONE);
  const [key, iv] = [await expand(SUITE, secret, 'key', context, 32), await expand(SUITE, secret, 'base_nonce', context, 12)];
  const aes = await subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
  const ciphertext = await subtle.encrypt({ name: 'AES-GCM', iv }, aes, utf8(plaintext));
  return { enc: toBase64url(enc), ciphertext: toBase64url(ciphertext) };
}
