// The HTTP API as the pages use it. Every failure is one of the kinds below.

const LONGEST = 10_000; // milliseconds until a silent server counts as away
const LONG = 120_000; // the same for a file under way

export class Away extends Error {} // no answer at all: the server or the network is away
export class SignedOut extends Error {} // 401
export class NotReady extends Error {} // 503
/** The request itself is at fault; message and hint are for people, `problem` is all that was said. */
export class Refused extends Error {
  constructor(text, problem = {}) {
    super(text);
    this.problem = problem;
  }
}
export class Stale extends Refused {} // 409: somebody was quicker

/** Ask for a suggestion. */
export const suggest = (request, signal) => call("POST", "/api/v1/suggest", request, { signal });

/** End the session. */
export async function signOut() {
  forget();
  await call("POST", "/api/v1/sign-out");
}

/** Drop what this tab has kept; the answer to signing out asks browsers for the same, where they listen. */
export function forget() {
  try {
    window.sessionStorage.clear();
  } catch {
    // Nothing is kept where nothing may be.
  }
}

/** Call the API; resolves to the JSON of the answer, or to `null` when it has no body. */
export async function call(method, path, body, { signal, headers = {}, longest = LONGEST } = {}) {
  const limit = AbortSignal.timeout(longest);
  const response = await send(path, {
    method,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: signal ? AbortSignal.any([signal, limit]) : limit,
  });
  return response.status === 204 ? null : response.json();
}

/** Send a file as it is, its name in a header. */
export async function upload(path, file) {
  const name = encodeURIComponent(file.name).replaceAll("'", "%27");
  const headers = { "Content-Type": "application/octet-stream", "Content-Disposition": `attachment; filename*=UTF-8''${name}` };
  const response = await send(path, { method: "POST", headers, body: file, signal: AbortSignal.timeout(LONG) });
  return response.json();
}

/** Fetch a file and hand it to the browser to be saved. */
export async function download(path) {
  const response = await send(path, { signal: AbortSignal.timeout(LONG) });
  const name = decodeURIComponent(/filename\*=UTF-8''([^;]+)/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "下载");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), LONG);
  return name;
}

/** Sign in again without leaving the page. */
export async function signIn(name, password) {
  const body = new URLSearchParams({ name, password });
  await send("/sign-in", { method: "POST", body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(LONGEST) });
  return call("GET", "/api/v1/me");
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Away();
  }
  if (response.ok) return response;
  throw await failure(response);
}

async function failure(response) {
  const problem = await response.json().catch(() => ({}));
  const text = [problem.message ?? "服务出错", problem.hint].filter(Boolean).join("。");
  if (response.status === 401 && problem.code !== "accounts.password_wrong") return new SignedOut(text);
  if (response.status === 503) return new NotReady(text);
  if (response.status === 502 || response.status === 504) return new Away();
  return response.status === 409 ? new Stale(text, problem) : new Refused(text, problem);
}
