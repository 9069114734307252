import { Course } from '../course.js';
import { formatCount, formatMoney, formatMs, formatOutcome, formatTime, toneOfOutcome } from '../format.js';
import { useLoad } from '../hooks.js';
import { html } from '../html.js';
import { Badge, Empty, Failure } from '../parts.js';
import { RecordedRequest } from './recorded-request.js';

/** One request: what became of it, and where its time went. Never what was said. */
export function RequestView({ id }) {
  const { data, error } = useLoad(`requests/${encodeURIComponent(id)}`);
  return html`
    <p><a href="#/requests">All requests</a></p>
    <${Failure} error=${error} />
    ${
      data
        ? html`
          <${Facts} row=${data.row} />
          <${Course} stages=${data.stages} totalMs=${data.row.totalMs} />
          ${data.capture ? html`<${Recorded} name=${data.capture} />` : html`<${NotRecorded} />`}`
        : !error && html`<${Empty}>Loading…<//>`
    }
  `;
}

/** What its capture allows. */
function Recorded({ name }) {
  const path = `captures/${encodeURIComponent(name)}`;
  const { data, error } = useLoad(path);
  return html`
    <section aria-labelledby="recorded">
      <h2 id="recorded">Recorded</h2>
      <p><a href=${`#/${path}`}>See all that passed by</a></p>
      <${Failure} error=${error} />
    </section>
    ${data && html`<${RecordedRequest} path=${path} request=${data.request} end=${data.end} />`}
  `;
}

const NotRecorded = () => html`<section aria-labelledby="recorded">
  <h2 id="recorded">Not recorded</h2>
  <p>It cannot be explained: a row of the ledger never holds what was said. <a href="#/captures">Record for some minutes</a>, and the next one can be.</p>
</section>`;

function factsOf(row) {
  const tokens = `${formatCount(row.inputTokens)} in (${formatCount(row.cachedTokens)} cached), ${formatCount(row.outputTokens)} out (${formatCount(row.reasoningTokens)} reasoning)`;
  return [
    ['Id', html`<code>${row.id}</code>`],
    ['Time', formatTime(row.at)],
    ['Result', html`<${Badge} tone=${toneOfOutcome(row.outcome)}>${formatOutcome(row.outcome)}<//> HTTP ${row.status}`],
    ['Cause', row.error && html`<code>${row.error}</code> ${row.reason ?? ''}`],
    ['Upstream status', row.upstreamStatus],
    ['Client', row.client],
    ['API', `${row.api}${row.isStreaming ? ', streamed' : ''}`],
    ['Asked model', row.askedModel],
    ['Answered by', [row.provider, row.model].filter(Boolean).join('/')],
    ['Tokens', tokens],
    ['Credits', row.credits ? formatCount(row.credits) : undefined],
    ['Cost', row.cost ? formatMoney(row.cost) : undefined],
    ['Ignored parameters', row.ignored?.length > 0 && row.ignored.join(', ')],
    ['In this server', formatMs(row.overheadMs)],
    ['Total', formatMs(row.totalMs)],
  ].filter(([, value]) => value !== undefined && value !== null && value !== false && value !== '');
}

const Facts = ({ row }) => html`<dl class="facts">
  ${factsOf(row).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`;
