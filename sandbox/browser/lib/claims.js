// A server of claims as the ingress is seen from the page: the page itself under a strict policy, asks, and looks.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

import { fromBase64url, seal } from './seal.js';

export const CLAIM = 'kJ3v-claim_0000000001';
const PAGE = new URL('../../../ingress/src/claim_page.html', import.meta.url);

/** Whether anything but the page's own script and style may run: told by their hashes. */
function policy(page) {
  const hash = (element) => {
    const [, text] = new RegExp(`<${element}>([^]*?)</${element}>`).exec(page);
    return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  };
  return [
    "default-src 'none'", `script-src ${hash('script')}`, `style-src ${hash('style')}`, "connect-src 'self'", "base-uri 'none'",
    "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].join('; ');
}

export const codeOf = (point, deliveryId) => {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ';
  const digest = createHash('sha256').update(`keylease/code/v1:${CLAIM}:${deliveryId}:`).update(point).digest();
  let number = digest.readBigUInt64BE(0);
  const code = Array.from({ length: 6 }, () => {
    const letter = letters[Number(number % 24n)];
    number /= 24n;
    return letter;
  }).join('');
  return `${code.slice(0, 3)}-${code.slice(3)}`;
};

/** Starts it. `world` says what becomes of deliveries, and notes what was asked. */
export async function startClaims() {
  const page = await readFile(PAGE, 'utf8');
  const world = { answer: { state: 'waiting' }, status: 202, code: undefined, asked: [], looks: 0, prefix: '/stage' };
  const server = createServer(async (request, response) => {
    const { method, url } = request;
    const json = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
      response.end(JSON.stringify(body));
    };
    if (method === 'GET' && url === `${world.prefix}/claim/${CLAIM}`) {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8', 'content-security-policy': policy(page), 'cache-control': 'no-store',
        'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff',
      });
      return response.end(page);
    }
    if (method === 'POST' && url === `${world.prefix}/claims/${CLAIM}`) {
      const chunks = await request.toArray();
      const asked = JSON.parse(Buffer.concat(chunks).toString());
      world.asked.push(asked);
      if (world.status !== 202) return json(world.status, { error: 'label: it has a fault' });
      const id = `delivery-${world.asked.length}`;
      return json(202, { delivery_id: id, code: world.code ?? codeOf(fromBase64url(asked.public_key), id) });
    }
    const [, number] = new RegExp(`^${world.prefix}/claims/${CLAIM}/delivery-(\\d+)$`).exec(url) ?? [];
    if (method === 'GET' && number) {
      world.looks += 1;
      const { credential, ...answer } = world.answer;
      if (!credential) return json(200, answer);
      const point = fromBase64url(world.asked[Number(number) - 1].public_key);
      const info = `keylease/claim/v1:${CLAIM}:delivery-${number}`;
      return json(200, { state: 'ready', ...(await seal(point, info, JSON.stringify(credential))) });
    }
    return json(404, {});
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  return { world, origin, page: `${origin}${world.prefix}/claim/${CLAIM}`, stop: () => server.close() };
}
