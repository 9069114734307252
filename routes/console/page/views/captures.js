import { useState } from 'preact/hooks';
import { api } from '../api.js';
import { formatAhead, formatBytes, formatMs, formatTime } from '../format.js';
import { useLoad, useTask } from '../hooks.js';
import { html } from '../html.js';
import { AnsweringModel, Badge, Empty, Failure, Notice, Prose, Select, Table } from '../parts.js';

const refreshMs = 5_000;
const howToRecord =
  'There is none. Record for some minutes, or set `record: errors` in the configuration: then every request that fails leaves one.';
/** Captures that the page keeps at most. */
const maxShown = 1_000;

/** What has been recorded, and recording for some time. */
export function CapturesView() {
  const { data, error, reload } = useLoad('captures', refreshMs);
  /** Those that are older than the first page: asked for, and then as they were. */
  const [older, setOlder] = useState();
  const task = useTask();
  const first = data?.captures ?? [];
  const known = new Set(first.map(({ name }) => name));
  const captures = [...first, ...(older?.captures ?? []).filter(({ name }) => !known.has(name))];
  const next = older ? older.next : data?.next;
  const loadMore = () =>
    task.run(async () => {
      const more = await api.get(`captures?before=${encodeURIComponent(next)}`);
      setOlder({ captures: [...captures, ...more.captures], next: more.next });
    });
  return html`
    <p>A capture holds all that passed by in a request, between client, server and upstream, without keys and tokens. What people wrote is in it.</p>
    <${Recording} onChange=${reload} />
    <${Failure} error=${error ?? task.error} />
    ${captures.length > 0 && html`<${Table} label="Captures" columns=${columns} rows=${captures} keyOf=${({ name }) => name} />`}
    ${captures.length === 0 && !error && html`<${Empty}>${data ? html`<${Prose} text=${howToRecord} />` : 'Loading…'}<//>`}
    ${next && captures.length < maxShown && html`<p><button type="button" onClick=${loadMore} disabled=${task.isBusy}>Show older ones</button></p>`}
  `;
}

/** What became of the request that was recorded. */
export function CaptureResult({ status, isAborted, error }) {
  if (isAborted && !error) return html`<$Badgetone="warn">Client left<//>`;
  const isFailed = error || status >= 400;
  return html`<${Badge} tone=${isFailed ? 'bad' : 'good'}>${status === undefined ? 'Unknown' : `HTTP ${status}`}<//>`;
}

const linkOf = ({ name, startedAt }) =>
  html`<a href=${`#/captures/${encodeURIComponent(name)}`}>${startedAt ? formatTime(startedAt) : name}</a>`;

const columns = [
  { title: 'Time', kind: 'line', cell: linkOf },
  {
    title: 'Result',
    cell: (row) =>
      html`<${CaptureResult} ...${row} />${row.error && html`<br /><span class="soft code">${row.error}</span>`}`,
  },
  { title: 'Client', kind: 'wide', cell: ({ client }) => client ?? '–' },
  { title: 'Path', kind: 'wide', cell: ({ path }) => html`<code>${path?.split('?')[0]}</code>` },
  {
    title: 'Model',
    kind: 'model',
    cell: ({ model }) => html`<${AnsweringModel} ...${model} askedModel=${model?.asked} />`,
  },
  { title: 'Total', kind: 'number wide', cell: ({ totalMs }) => formatMs(totalMs) },
  { title: 'Size', kind: 'number wide', cell: ({ bytes }) => formatBytes(bytes) },
];

const modes = [
  ['errors', 'Requests that fail'],
  ['all', 'All requests'],
];
const times = [
  ['300', '5 minutes'],
  ['600', '10 minutes'],
  ['3600', 'An hour'],
  ['28800', '8 hours'],
];

function Recording({ onChange }) {
  const { data: state, error, reload } = useLoad('recording', refreshMs);
  const task = useTask();
  const change = (action) =>
    task.run(async () => {
      await action();
      await Promise.all([reload(), onChange()]);
    });
  if (!state) return html`<${Failure} error=${error} />`;
  return html`<section aria-labelledby="record" class="panel">
    <h2 id="record">Recording</h2>
    <${Failure} error=${task.error} />
    <div role="status">${state.untilMs === undefined ? html`<${Configured} mode=${state.mode} />` : html`<${Running} ...${state} />`}</div>
    ${
      state.untilMs === undefined
        ? html`<${RecordForm} isBusy=${task.isBusy} onStart=${(wish) => change(() => api.post('recording', wish))} />`
        : html`<div class="actions"><button type="button" disabled=${task.isBusy} onClick=${() => change(() => api.delete('recording'))}>Stop recording</button></div>`
    }
  </section>`;
}

function Configured({ mode }) {
  if (mode === 'off') return html`<p class="soft">Nothing is recorded.</p>`;
  return html`<p>By the configuration, ${mode === 'all' ? 'all requests are' : 'every request that fails is'} recorded.</p>`;
}

const Running = ({ mode, untilMs, key }) => html`<${Notice} tone="good">
  <p><strong>${mode === 'all' ? 'All requests' : 'Requests that fail'}${key ? ` of ${key}` : ''} are recorded.</strong>${' '}
  It ends ${formatAhead(new Date(untilMs).toISOString())}.</p>
<//>`;

function RecordForm({ isBusy, onStart }) {
  const { data } = useLoad('keys');
  const [mode, setMode] = useState('errors');
  const [seconds, setSeconds] = useState('600');
  const [key, setKey] = useState('');
  const keys = [['', 'Every client'], ...(data?.keys ?? []).map(({ name }) => [name, name])];
  const submit = (event) => {
    event.preventDefault();
    onStart({ mode, seconds, ...(key && { key }) });
  };
  return html`<form class="fields" aria-label="Recording" onSubmit=${submit}>
    <${Select} label="What" options=${modes} value=${mode} onChange=${setMode} />
    <${Select} label="For" options=${times} value=${seconds} onChange=${setSeconds} />
    <${Select} label="Of" options=${keys} value=${key} onChange=${setKey} />
    <button class="primary beside" disabled=${isBusy}>Start recording</button>
  </form>`;
}
