// The line to the sandbox: what it holds, as soon as that changes, and what people do.

const RETRY_MS = 1000;

/** Calls `onState` with each new state, for as long as the page is open. */
export async function follow(onState, onLost) {
  let seen = "";
  for (;;) {
    try {
      const response = await fetch(`/api/state?seen=${seen}`, { cache: "no-store" });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const state = await response.json();
      seen = state.version;
      onState(state);
    } catch (error) {
      onLost(error);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** Does something; the answer has `ok` and, when that is false, a `message`. */
export async function post(path, body) {
  try {
    const response = await fetch(path, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    return await response.json();
  } catch {
    return { ok: false, message: "The sandbox does not answer. Is it still running?" };
  }
}
