// Starts the sandbox on a free port, waits until it serves, and ends it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const START_WITHIN_MS = 30_000;
const END_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** A running sandbox: its address, what it printed, and how to end it. */
export async function startSandbox() {
  const program = process.env.KEYLEASE_SANDBOX;
  if (!program) throw new Error('KEYLEASE_SANDBOX is not set; run this test with: cargo xtask browser');
  const port = await freePort();
  const child = spawn(program, ['--port', String(port)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += chunk; });

  const url = `http://127.0.0.1:${port}/`;
  const deadline = Date.now() + START_WITHIN_MS;
  while (!(await serves(url))) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the sandbox did not start:\n${output}`);
    await pause(LOOK_EVERY_MS);
  }
  return {
    url,
    output: () => output,
    /** Ends it with SIGTERM; gives its exit status, or null when it had to be killed. */
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      const [status] = await ended;
      clearTimeout(timer);
      return status;
    },
  };
}

async function serves(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
