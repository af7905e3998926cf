// Which links sign in: nothing else is opened.

const AWS = /^([a-z0-9-]+\.)*(signin|console)\.(aws\.amazon\.com|amazonaws-us-gov\.com|amazonaws\.cn)$/;
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** AWS's own pages; and on a page of this very machine, as in the sandbox, those of this machine. */
export function isSignIn(text, page) {
  if (typeof text !== 'string' || !URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username || password) return false;
  if (protocol === 'https:' && AWS.test(hostname)) return true;
  return /^https?:$/.test(protocol) && LOOPBACK.test(hostname) && LOOPBACK.test(page.hostname);
}
