/** The console's own API. Its paths are relative, so that the page works below any path of a proxy. */

/** What the server answered instead of what was asked for; `message` is a sentence for people. */
export class ApiError extends Error {
  constructor(status, { error: { code = '', message = `The server answered with HTTP ${status}.` } = {}, ways } = {}) {
    super(message);
    this.status = status;
    this.code = code;
    /** How one may sign in, when that is what is missing. */
    this.ways = ways;
  }
}

let csrf = '';
let tellSignedOut = () => {};

/** @param {() => void} listener is called when the session has ended */
export function onSignedOut(listener) {
  tellSignedOut = listener;
}

/** Sends a request with what a session needs. @returns {Promise<Response>} whatever its status */
export async function send(method, path, body, signal) {
  const headers = {};
  if (method !== 'GET') headers['x-csrf-token'] = csrf;
  if (body !== undefined) headers['content-type'] = 'application/json';
  const init = { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body) };
  let answer;
  try {
    answer = await fetch(`api/${path}`, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { error: { code: 'unreachable', message: 'The server cannot be reached.' } });
  }
  if (answer.status === 401 && !path.startsWith('session')) tellSignedOut();
  return answer;
}

async function call(method, path, body) {
  const answer = await send(method, path, body);
  const text = await answer.text();
  let value;
  try {
    value = text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new ApiError(answer.status);
  }
  if (!answer.ok) throw new ApiError(answer.status, value);
  return value;
}

export const api = {
  get: (path) => call('GET', path),
  post: (path, body) => call('POST', path, body),
  put: (path, body) => call('PUT', path, body),
  patch: (path, body) => call('PATCH', path, body),
  delete: (path) => call('DELETE', path),
};

/** @param {{ key: string } | { ticket: string } | undefined} proof absent: asks whether there is a session */
export async function openSession(proof) {
  const session = await (proof ? api.post('session', proof) : api.get('session'));
  csrf = session.csrf;
  return session;
}

const reopenMs = 5_000;

/** Follows what happens on the server. `lost` is called when the connection breaks; it is made anew. @returns what ends it */
export function watchRequests({ started, ended, opened, lost }) {
  let source;
  let timer;
  const open = () => {
    source = new EventSource('api/live');
    source.addEventListener('started', ({ data }) => started(JSON.parse(data)));
    source.addEventListener('ended', ({ data }) => ended(JSON.parse(data)));
    source.onopen = opened;
    source.onerror = () => {
      // By itself a browser tries again only where the server could not be reached, not after a refusal.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, reopenMs);
      lost();
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}

/** A query string of what is set. */
export function queryOf(values) {
  const set = Object.entries(values).filter(([, value]) => value !== '' && value !== undefined && value !== false);
  return new URLSearchParams(set.map(([name, value]) => [name, value === true ? '1' : String(value)])).toString();
}
