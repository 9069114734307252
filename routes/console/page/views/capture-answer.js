/** The answer on its way: as the upstream sent it, what was changed of it, as the client got it. */
import { useEffect, useState } from 'preact/hooks';
import { api, queryOf } from '../api.js';
import { formatBytes, formatMs } from '../format.js';
import { useTask } from '../hooks.js';
import { html } from '../html.js';
import { Badge, Difference, Empty, Failure, Headers, Prose } from '../parts.js';

/** Most of one content that the page holds, in characters. */
const maxHeld = 1_000_000;

export function AnswerSection({ attempts, attempt, changes, changedEvents, answer, path }) {
  const upstream = attempts.find(({ n }) => n === attempt);
  return html`<section aria-labelledby="way-back">
    <h2 id="way-back">From the upstream to the client</h2>
    <div class="columns">
      <div>
        <div class="card-head"><h3>Upstream sent</h3>${upstream && html`<${UpstreamResult} ...${upstream} />`}</div>
        ${upstream ? html`<${UpstreamAnswer} ...${upstream} path=${path} />` : html`<${Empty}>No upstream was asked.<//>`}
      </div>
      <div>
        <div class="card-head"><h3>Events that were changed</h3><span class="soft">${changedEvents}</span></div>
        <${Changes} changes=${changes} total=${changedEvents} />
      </div>
      <div>
        <div class="card-head"><h3>Client got</h3>${answer && html`<${Status} status=${answer.status} />`}</div>
        ${answer ? html`<${ClientAnswer} ...${answer} path=${path} />` : html`<${Empty}>Nothing.<//>`}
      </div>
    </div>
  </section>`;
}

const Status = ({ status }) => html`<${Badge} tone=${status < 400 ? 'good' : 'bad'}>HTTP ${status}<//>`;

function UpstreamResult({ status, how }) {
  if (status === undefined) return html`<${Badge} tone="bad">${how === 'failed' ? 'Not reached' : 'No answer'}<//>`;
  if (how !== 'end') return html`<${Badge} tone="warn">HTTP ${status}, broken off<//>`;
  return html`<${Status} status=${status} />`;
}

const UpstreamAnswer = ({ n, error, answerHeaders, answerBytes, reads, path }) => html`
  ${error && html`<p><${Prose} text=${error.message} />${error.causes?.map((cause) => html`<br /><span class="soft">${cause}</span>`)}</p>`}
  ${answerBytes > 0 && html`<p class="soft">${formatBytes(answerBytes)} in ${reads} ${reads === 1 ? 'piece' : 'pieces'}</p>`}
  ${answerBytes > 0 && html`<${Content} key=${n} label="Upstream sent" query=${{ of: 'upstream', n }} path=${path} />`}
  ${answerHeaders && html`<${Headers} headers=${answerHeaders} label="Headers of the upstream" />`}
`;

const ClientAnswer = ({ headers, bytes, path }) => html`
  <p class="soft">${formatBytes(bytes)}</p>
  ${bytes > 0 && html`<${Content} label="Client got" query=${{ of: 'client' }} path=${path} />`}
  <${Headers} headers=${headers} label="Headers to the client" />
`;

function Changes({ changes, total }) {
  if (changes.length === 0) return html`<${Empty}>None: every event went on as it came.<//>`;
  return html`<ol class="changes" tabindex="0" aria-label="Events that were changed">
    ${changes.map(
      ({ ms, choice, box, type, lines, isDropped }, index) => html`<li key=${index}>
        <p><strong>${box}</strong> ${isDropped ? 'drops' : 'changes'} <code>${type}</code> <span class="soft">${formatMs(ms)}${choice > 0 ? `, choice ${choice}` : ''}</span></p>
        ${!isDropped && html`<${Difference} label=${`Event ${index + 1}`} lines=${lines} />`}
      </li>`,
    )}
    ${total > changes.length && html`<li class="soft">${total - changes.length} more are in the file.</li>`}
  </ol>`;
}

/** Reads a content piece by piece: the next one when it is asked for. */
function Content({ label, query, path }) {
  const [{ text, next, isBase64 }, setContent] = useState({ text: '', next: 0 });
  const task = useTask();
  const load = () =>
    task.run(async () => {
      const piece = await api.get(`${path}/content?${queryOf({ ...query, offset: next || undefined })}`);
      setContent({ ...piece, text: text + piece.text });
    });
  useEffect(() => {
    load();
  }, []);
  return html`
    <${Failure} error=${task.error} />
    ${isBase64 && html`<p class="soft">No text; this is its base64.</p>`}
    <pre class="content" tabindex="0" role="region" aria-label=${label}>${text}</pre>
    ${next > 0 && (text.length < maxHeld ? html`<button type="button" class="small" disabled=${task.isBusy} onClick=${load}>Show more<span class="unseen"> of what ${label.toLowerCase()}</span></button>` : html`<p class="soft">The rest is in the file.</p>`)}
  `;
}
