/** What can be done with a recorded request: have it explained, and send it from elsewhere. */
import { useEffect, useState } from 'preact/hooks';
import { api, queryOf } from '../api.js';
import { useTask } from '../hooks.js';
import { html } from '../html.js';
import { Empty, Failure, Notice } from '../parts.js';
import { apiOfPath } from '../try-apis.js';
import { Explanation } from './explanation.js';
import { RequestCode } from './request-code.js';

/** Largest body that the page reads whole, in bytes. */
const maxBody = 2_000_000;

/** Longest body that is written as code, in bytes. */
const maxCode = 200_000;

/** Headers of the client that belong to the request, wherever it is sent from. */
const ownHeader = /^(?:anthropic-|openai-beta$)/;

/** The whole body of a recorded request; null where it is no object of JSON. */
async function readBody(path) {
  let text = '';
  for (let offset = 0; offset !== null; ) {
    const piece = await api.get(`${path}/content?${queryOf({ of: 'request', offset: offset || undefined })}`);
    text += piece.text;
    offset = piece.next;
  }
  try {
    const body = JSON.parse(text);
    return typeof body === 'object' && !Array.isArray(body) ? body : null;
  } catch {
    return null;
  }
}

/** Why nothing can be done with it; undefined: it can. */
function findObstacle(request) {
  if (!request?.bytes || !request.isText) return 'The capture has no body of JSON.';
  if (request.bytes > maxBody) return 'The body is too large for this page: download the capture.';
  return undefined;
}

/** @param {{ path: string, request?: { path: string, bytes: number, headers: object }, end?: object }} props */
export function RecordedRequest({ path, request, end }) {
  const [body, setBody] = useState();
  const [explanation, setExplanation] = useState();
  const task = useTask();
  const obstacle = findObstacle(request);
  const name = request && apiOfPath(request.path);
  useEffect(() => {
    if (!obstacle) task.run(async () => setBody(await readBody(path)));
  }, [path]);
  const explain = () => task.run(async () => setExplanation(await explainAs(name, body, end?.client)));
  const why =
    obstacle ??
    (body === null ? 'The body is no JSON.' : name ? undefined : 'Requests to this path are not explained here.');
  return html`
    <section aria-labelledby="now">
      <h2 id="now">What would happen to it now</h2>
      <p>The recorded request goes through the chain as it is configured now, as far as the upstream; it is not sent. Secrets and pictures are not in it any more.</p>
      <${Failure} error=${task.error} />
      ${why ? html`<${Empty}>${why}<//>` : html`<div class="actions"><button type="button" disabled=${task.isBusy || !body} onClick=${explain}>Explain</button></div>`}
      ${explanation?.note && html`<${Notice} tone="warn">${explanation.note}<//>`}
    </section>
    ${explanation && html`<${Explanation} ...${explanation.told} />`}
    ${body && request.bytes <= maxCode && html`<${RequestCode} api=${name} path=${request.path} body=${body} headers=${headersOf(request)} />`}
  `;
}

const headersOf = ({ headers }) => Object.fromEntries(Object.entries(headers).filter(([name]) => ownHeader.test(name)));

/** As the request of its client key, where there still is one. */
async function explainAs(name, body, client) {
  const ask = (key) => api.post(`explain/${name}?${queryOf({ key })}`, body);
  if (!client) return { told: await ask() };
  try {
    return { told: await ask(client) };
  } catch (error) {
    if (error.status !== 400) throw error;
    return { told: await ask(), note: `There is no client key ${client} any more: it is explained without one.` };
  }
}
