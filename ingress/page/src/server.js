// The ingress's routes for the claim whose page this is.

/** Longest call. */
const CALL_MS = 15_000;

/** Why nothing comes of it: which of the texts fits, and what the server said. */
export class Trouble extends Error {
  constructor(kind, why = '') {
    super(why);
    this.kind = kind;
  }
}

/** The claim in this page's own address, and where it is made. */
export function claimAt(location) {
  const found = /^(.*)\/claim\/([A-Za-z0-9_-]{1,128})\/?$/.exec(location.pathname);
  if (!found) throw new Trouble('closed');
  const [, before, id] = found;
  return { id, page: `${location.origin}${before}/claim/${id}`, routes: `${before}/claims/${id}` };
}

/** Asks for the credential. The id of the delivery, and the code that the server has. */
export async function ask(claim, publicKey, label) {
  const body = JSON.stringify({ public_key: publicKey, label });
  const answer = await call(claim.routes, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  if (answer.status === 404 || answer.status === 410) throw new Trouble('closed');
  if (answer.status === 429) throw new Trouble('often');
  if (!answer.ok) throw new Trouble('failed', await said(answer));
  const { delivery_id: id, code } = await json(answer);
  if (!/^[A-Za-z0-9_-]{1,128}$/.test(id)) throw new Trouble('failed', 'the answer is not Keylease’s');
  return { id, code };
}

/** What became of a delivery. A look that fails in passing finds it waiting. */
export async function look(claim, deliveryId) {
  let answer;
  try {
    answer = await call(`${claim.routes}/${deliveryId}`, {});
  } catch {
    return { state: 'waiting' };
  }
  if (answer.status === 404 || answer.status === 410) return { state: 'over' };
  if (answer.status === 429 || answer.status >= 500) return { state: 'waiting' };
  if (!answer.ok) throw new Trouble('failed', await said(answer));
  return json(answer);
}

async function call(url, options) {
  try {
    return await fetch(url, {
      ...options, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error',
      signal: AbortSignal.timeout(CALL_MS),
    });
  } catch {
    throw new Trouble('failed', 'the server cannot be reached');
  }
}

async function json(answer) {
  try {
    return await answer.json();
  } catch {
    throw new Trouble('failed', 'the answer is not Keylease’s');
  }
}

async function said(answer) {
  const { error } = await answer.json().catch(() => ({}));
  return typeof error === 'string' ? error.slice(0, 300) : `HTTP status ${answer.status}`;
}
