import { formatCount, formatMoney, formatMs, formatOutcome, formatTime, toneOfOutcome } from '../format.js';
import { useLoad } from '../hooks.js';
import { html } from '../html.js';
import { Badge, Empty, Failure, Table } from '../parts.js';

/** One request: what became of it, and where its time went. Never what was said. */
export function RequestView({ id }) {
  const { data, error } = useLoad(`requests/${encodeURIComponent(id)}`);
  return html`
    <p><a href="#/requests">All requests</a></p>
    <${Failure} error=${error} />
    ${data ? html`<${Facts} row=${data.row} /><${Stages} stages=${data.stages} totalMs=${data.row.totalMs} />` : !error && html`<${Empty}>Loading…<//>`}
  `;
}

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

function Stages({ stages, totalMs }) {
  if (!stages?.length) return null;
  const endMs = Math.max(1, totalMs, ...stages.map(({ toMs }) => toMs));
  const share = (ms) => `${(100 * ms) / endMs}%`;
  const bar = ({ fromMs, toMs }) => html`<div class="track" aria-hidden="true">
    <div style=${{ left: share(fromMs), width: share(Math.max(toMs - fromMs, endMs / 200)) }}></div>
  </div>`;
  return html`<section aria-labelledby="stages">
    <h2 id="stages">Where the time went</h2>
    <${Table} label="Stages" rows=${stages} keyOf=${({ name, fromMs }) => `${name} ${fromMs}`}
      columns=${[
        { title: 'Stage', cell: ({ name }) => name },
        { title: 'From', kind: 'number wide', cell: ({ fromMs }) => formatMs(fromMs) },
        { title: 'To', kind: 'number wide', cell: ({ toMs }) => formatMs(toMs) },
        { title: 'Took', kind: 'number', cell: ({ fromMs, toMs }) => formatMs(toMs - fromMs) },
        { title: 'Course', kind: 'course', cell: bar },
      ]} />
  </section>`;
}
