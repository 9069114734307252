import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { api, queryOf, watchRequests } from '../api.js';
import {
  formatMoney,
  formatMs,
  formatOutcome,
  formatShort,
  formatTime,
  outcomeNames,
  toneOfOutcome,
} from '../format.js';
import { useModels, useTask } from '../hooks.js';
import { html } from '../html.js';
import { AnsweringModel, Badge, Empty, Failure, Select, Table, TextField } from '../parts.js';

const pageSize = 50;
/** Rows that the page keeps at most. */
const maxRows = 1_000;
/** The ledger writes its rows a second after a request has ended; until then the row is the one that was told. */
const gatherMs = 1_500;

const noFilter = { id: '', client: '', model: '', provider: '', outcome: '', from: '', to: '', failed: false };

const isSet = (filter) => Object.entries(noFilter).some(([name, value]) => filter[name] !== value);

const resultOf = ({ outcome }) =>
  outcome === undefined
    ? html`<${Badge} tone="live">Running<//>`
    : html`<${Badge} tone=${toneOfOutcome(outcome)}>${formatOutcome(outcome)}<//>`;

const tokensOf = ({ inputTokens, outputTokens }) =>
  inputTokens || outputTokens ? `${formatShort(inputTokens)} / ${formatShort(outputTokens)}` : '–';

const linkOf = ({ id, at }) => html`<a href=${`#/requests/${encodeURIComponent(id)}`}>${formatTime(at)}</a>`;

const columns = [
  { title: 'Time', kind: 'line', cell: linkOf },
  { title: 'Result', kind: 'line', cell: resultOf },
  { title: 'Client', cell: ({ client }) => client },
  { title: 'API', kind: 'line wide', cell: ({ api: name }) => name },
  { title: 'Model', kind: 'model', cell: AnsweringModel },
  { title: 'First byte', kind: 'number wide', cell: ({ firstByteMs }) => formatMs(firstByteMs) },
  { title: 'Total', kind: 'number wide', cell: ({ totalMs }) => formatMs(totalMs) },
  { title: 'Tokens in / out', kind: 'number wide', cell: tokensOf },
  { title: 'USD', kind: 'number wide', cell: ({ cost }) => (cost ? formatMoney(cost) : '–') },
];

/** A day of the reader's own as the moments that bound it. */
function toQuery({ from, to, ...filter }) {
  const momentOf = (day, clock) => (day ? new Date(`${day}T${clock}`).toISOString() : '');
  return { ...filter, from: momentOf(from, '00:00:00'), to: momentOf(to, '23:59:59.999') };
}

/** The rows of the ledger that fit, newest first, kept up to date while requests end. */
function useRows(filter, isLive) {
  const [page, setPage] = useState({ rows: [], next: null });
  const [running, setRunning] = useState(new Map());
  const [ended, setEnded] = useState([]);
  const [isConnected, setConnected] = useState(false);
  const task = useTask();
  const query = queryOf({ ...toQuery(filter), limit: pageSize });
  const loadFirst = useCallback(async () => setPage(await api.get(`requests?${query}`)), [query]);
  const first = useRef(loadFirst);
  first.current = loadFirst;

  useEffect(() => {
    task.run(loadFirst);
  }, [loadFirst]);

  useEffect(() => {
    if (!isLive) return;
    let timer;
    const change = (edit) => setRunning((before) => edit(new Map(before)));
    const stop = watchRequests({
      started: (entry) => change((rows) => rows.set(entry.id, entry)),
      ended(row) {
        change((rows) => {
          rows.delete(row.id);
          return rows;
        });
        setEnded((rows) => [row, ...rows].slice(0, pageSize));
        timer ??= setTimeout(() => {
          timer = undefined;
          first.current().catch(() => {});
        }, gatherMs);
      },
      opened: () => setConnected(true),
      lost() {
        setConnected(false);
        // Requests that ended or began meanwhile are not told of; a session that has ended is.
        setRunning(new Map());
        first.current().catch(() => {});
      },
    });
    return () => {
      stop();
      clearTimeout(timer);
      setRunning(new Map());
      setEnded([]);
      setConnected(false);
    };
  }, [isLive]);

  const loadMore = () =>
    task.run(async () => {
      const more = await api.get(`requests?${query}&before=${page.next}`);
      setPage({ rows: [...page.rows, ...more.rows].slice(0, maxRows), next: more.next });
    });
  return {
    ...page,
    told: [...[...running.values()].reverse().map(toRow), ...ended],
    isConnected,
    loadMore,
    error: task.error,
    isBusy: task.isBusy,
  };
}

/** A request that runs as a row that has no end yet. */
const toRow = ({ model, startedAt, ...entry }) => ({ ...entry, at: startedAt, askedModel: model });

/** @param {{ query: URLSearchParams }} props a link may bring a filter along */
export function RequestsView({ query }) {
  const [filter, setFilter] = useState(() => ({ ...noFilter, ...Object.fromEntries(query) }));
  const [isLive, setLive] = useState(true);
  const { rows, next, told, isConnected, loadMore, error, isBusy } = useRows(filter, isLive);
  const known = new Set(rows.map(({ id }) => id));
  // Whether those that were told fit a filter, the ledger says when it has them.
  const all = isSet(filter) ? rows : [...told.filter(({ id }) => !known.has(id)), ...rows];
  return html`
    <${Filter} filter=${filter} onChange=${setFilter} />
    <div class="section-head">
      <label class="switch"><input type="checkbox" checked=${isLive} onChange=${() => setLive(!isLive)} /> Live</label>
      <span class="soft" role="status">${isLive ? (isConnected ? 'Follows new requests' : 'Connecting…') : 'Paused'}</span>
    </div>
    <${Failure} error=${error} />
    ${
      all.length === 0
        ? html`<${Empty}>${isBusy ? 'Loading…' : 'No request fits.'}<//>`
        : html`<${Table} label="Requests" columns=${columns} rows=${all} keyOf=${({ id }) => id} />`
    }
    ${next !== null && rows.length < maxRows && html`<p><button type="button" onClick=${loadMore} disabled=${isBusy}>Show older ones</button></p>`}
  `;
}

const outcomeOptions = [['', 'Any'], ...Object.entries(outcomeNames)];

function Filter({ filter, onChange }) {
  const { names } = useModels();
  const set = (name) => (value) => onChange({ ...filter, [name]: value });
  return html`<details class="filter" open=${isSet(filter) || undefined}>
    <summary>Search${isSet(filter) ? ' (active)' : ''}</summary>
    <form role="search" aria-label="Requests" class="fields" onSubmit=${(event) => event.preventDefault()}>
      <${TextField} label="Request id" value=${filter.id} onInput=${set('id')} />
      <${TextField} label="Client" value=${filter.client} onInput=${set('client')} />
      <${TextField} label="Model" value=${filter.model} onInput=${set('model')} list=${names} />
      <${TextField} label="Provider" value=${filter.provider} onInput=${set('provider')} />
      <${Select} label="Result" options=${outcomeOptions} value=${filter.outcome} onChange=${set('outcome')} />
      <${TextField} label="From" type="date" value=${filter.from} onInput=${set('from')} />
      <${TextField} label="To" type="date" value=${filter.to} onInput=${set('to')} />
      <label class="switch"><input type="checkbox" checked=${filter.failed}
        onChange=${({ currentTarget }) => set('failed')(currentTarget.checked)} /> Failed ones only</label>
      <button type="button" class="small" disabled=${!isSet(filter)} onClick=${() => onChange(noFilter)}>Clear</button>
    </form>
  </details>`;
}
