// The HTTP API as this page uses it. Every failure is one of the kinds below.

const LONGEST = 10_000; // milliseconds until a silent server counts as away

export class Away extends Error {} // no answer at all: the server or the network is away
export class SignedOut extends Error {} // 401
export class NotReady extends Error {} // 503
export class Refused extends Error {} // the request itself is at fault; message and hint are for people

/** Ask for a suggestion. */
export async function suggest(request, signal) {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(LONGEST)]);
  const response = await send("/api/v1/suggest", { body: JSON.stringify(request), signal: limited });
  return response.json();
}

/** End the session. */
export async function signOut() {
  await send("/api/v1/sign-out", {});
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      credentials: "same-origin",
      cache: "no-store",
      ...options,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Away();
  }
  if (response.ok) return response;
  throw await failure(response);
}

async function failure(response) {
  if (response.status === 401) return new SignedOut();
  if (response.status === 503) return new NotReady();
  if (response.status === 502 || response.status === 504) return new Away();
  const problem = await response.json().catch(() => ({}));
  const text = [problem.message ?? "服务出错", problem.hint].filter(Boolean).join("。");
  return new Refused(text);
}
