// Claims a credential in the browser: makes a key pair, asks, shows the code, waits for the click in Slack, opens, shows.

import { toBase64url } from './bytes.js';
import * as forms from './forms.js';
import { codeOf, makeKey, open } from './sealing.js';
import { isSignIn } from './sign_in.js';
import { Trouble, ask, claimAt, look } from './server.js';
import { TROUBLES } from './texts.js';
import { announce, at, copy, guessLabel, show } from './view.js';

/** How long it is waited for the click. */
const WAIT_MS = 15 * 60_000;
const FIRST_LOOK_MS = 1_000;
const LONGEST_LOOK_MS = 4_000;
/** The longest time that a browser's timer can have. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** AWS takes the link to the console for so long. */
const CONSOLE_MS = 15 * 60_000;

let claim;
let ending;
let consoleEnding;

async function start(label) {
  if (!globalThis.crypto?.subtle) throw new Trouble('insecure');
  const { pair, point } = await makeKey();
  const delivery = await ask(claim, toBase64url(point), label);
  const code = await codeOf(point, claim.id, delivery.id);
  if (delivery.code && delivery.code !== code) throw new Trouble('code');
  showCode(code);
  const sealed = await ready(delivery.id);
  let credential;
  try {
    credential = JSON.parse(await open(pair, claim.id, delivery.id, sealed.enc, sealed.ciphertext));
    showCredential(credential);
  } catch {
    clear();
    throw new Trouble('unopened');
  }
}

function showCode(code) {
  at('code').textContent = code;
  at('spelled').textContent = `The code is ${[...code.replace('-', '')].join(' ')}.`;
  show('wait', { title: `${code} · Claim your AWS access` });
  announce(`The code is ${[...code.replace('-', '')].join(' ')}. Slack asks you now. Press Yes there only if it shows this code.`);
}

async function ready(deliveryId) {
  const until = Date.now() + WAIT_MS;
  let wait = FIRST_LOOK_MS;
  while (Date.now() < until) {
    await pause(wait);
    const found = await look(claim, deliveryId);
    switch (found.state) {
      case 'waiting': break;
      case 'ready': return found;
      case 'refused': throw new Trouble('refused');
      case 'over': throw new Trouble('over');
      default: throw new Trouble('failed', 'the answer is not Keylease’s');
    }
    wait = Math.min(wait * 1.5, LONGEST_LOOK_MS);
  }
  throw new Trouble('late');
}

/** Waits, and no longer when somebody comes back to this page: browsers slow the timers of those in the background. */
function pause(time) {
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden) return;
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', done);
      resolve();
    };
    const timer = setTimeout(() => {
      document.removeEventListener('visibilitychange', done);
      resolve();
    }, time);
    document.addEventListener('visibilitychange', done);
  });
}

function showCredential(credential) {
  at('shell').textContent = forms.shell(credential);
  at('powershell').textContent = forms.powershell(credential);
  at('profile').textContent = forms.profile(credential);
  const end = credential.Expiration ? new Date(credential.Expiration) : null;
  if (end) {
    at('until').textContent = `It works until ${end.toLocaleString()}, unless the access is ended earlier.`;
    ending = setTimeout(() => trouble(new Trouble('ended')), Math.min(Math.max(end - Date.now(), 0), TIMER_MAX_MS));
  }
  at('hour').hidden = !credential.SessionToken;
  const url = credential.console_url;
  if (isSignIn(url, location)) {
    at('console-place').hidden = false;
    at('console').onclick = () => globalThis.open(url, '_blank', 'noopener,noreferrer');
    consoleEnding = setTimeout(closeConsole, CONSOLE_MS);
  }
  show('ready', { title: 'Your AWS credential' });
  announce('The credential is here. Copy it for a shell or as a profile.');
}

/** The link works no longer. Whoever is at its button goes on with the next one. */
function closeConsole() {
  clearTimeout(consoleEnding);
  at('console').onclick = null;
  if (document.activeElement === at('console')) at('ready').querySelector('h2').focus();
  at('console-place').hidden = true;
}

/** Takes the credential off the page. */
function clear() {
  clearTimeout(ending);
  closeConsole();
  for (const id of ['shell', 'powershell', 'profile', 'until']) at(id).textContent = '';
}

function trouble(error) {
  clear();
  const text = TROUBLES[error.kind] ?? TROUBLES.failed;
  at('over-title').textContent = text.title;
  at('over-what').textContent = error.kind === 'failed' && error.message ? `${text.what} It says: ${error.message}.` : text.what;
  at('over-next').textContent = text.next;
  at('again').hidden = !text.again;
  show('over', { title: `${text.title} · Keylease` });
  announce(`${text.title}. ${text.what} ${text.next}`);
}

function begin(focus) {
  at('ask').querySelector('button').disabled = false;
  show('start', { title: 'Claim your AWS access', focus });
}

at('ask').addEventListener('submit', async (event) => {
  event.preventDefault();
  const label = at('label').value.trim();
  if (!label) return;
  at('ask').querySelector('button').disabled = true;
  announce('Asking…');
  try {
    await start(label);
  } catch (error) {
    trouble(error);
  }
});
at('again').addEventListener('click', () => begin(true));
at('clear').addEventListener('click', () => trouble(new Trouble('cleared')));
for (const button of document.querySelectorAll('[data-copies]')) button.addEventListener('click', () => copy(button));
addEventListener('pagehide', clear);

try {
  claim = claimAt(location);
  at('command').textContent = `keylease claim ${claim.page}`;
  at('label').value = guessLabel();
  begin(false);
} catch (error) {
  trouble(error);
}
