import { useState } from 'preact/hooks';
import { queryOf } from '../api.js';
import { Chart } from '../chart.js';
import { formatCount, formatMoney, formatShort } from '../format.js';
import { useLoad } from '../hooks.js';
import { html } from '../html.js';
import { Choice, Empty, Failure, Table } from '../parts.js';

const groupings = [
  ['day', 'By day'],
  ['key', 'By key'],
  ['model', 'By model'],
];
const spans = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['90', '90 days'],
];
const titles = { day: 'Day', key: 'Client key', model: 'Model' };

/** What each column of the table shows; a column of zeros is left out. */
const columns = [
  { title: 'Requests', name: 'requests', format: formatCount },
  { title: 'Failed', name: 'failures', format: formatCount, kind: 'wide' },
  { title: 'Input', name: 'input_tokens', format: formatShort },
  { title: 'Cached', name: 'cached_tokens', format: formatShort, kind: 'wide' },
  { title: 'Output', name: 'output_tokens', format: formatShort },
  { title: 'Reasoning', name: 'reasoning_tokens', format: formatShort, kind: 'wide' },
  { title: 'Credits', name: 'credits', format: formatCount },
  { title: 'USD', name: 'cost', format: formatMoney },
];

const msPerDay = 86_400_000;
/** The ledger's days are those of UTC. */
const dayOf = (ms) => new Date(ms).toISOString().slice(0, 10);

export function UsageSection() {
  const [by, setBy] = useState('day');
  const [days, setDays] = useState('30');
  const since = dayOf(Date.now() - (Number(days) - 1) * msPerDay);
  const { data, error } = useLoad(`usage?${queryOf({ by, since })}`);
  return html`<section aria-labelledby="usage">
    <div class="section-head">
      <h2 id="usage">Usage</h2>
      <div class="choices">
        <${Choice} label="Group the usage" options=${groupings} value=${by} onChange=${setBy} />
        <${Choice} label="Time of the usage" options=${spans} value=${days} onChange=${setDays} />
      </div>
    </div>
    <${Failure} error=${error} />
    ${data && html`<${Usage} by=${by} since=${since} sums=${data.sums} />`}
  </section>`;
}

function Usage({ by, since, sums }) {
  if (sums.length === 0) return html`<${Empty}>Nothing was used since ${since}.<//>`;
  if (by !== 'day') return html`<${SumTable} by=${by} sums=${sums} />`;
  return html`
    <${DayChart} since=${since} sums=${sums} />
    <details><summary>The same as a table</summary><${SumTable} by=${by} sums=${sums} /></details>
  `;
}

/** Every day has its place, also those without a request. */
function DayChart({ since, sums }) {
  const byDay = new Map(sums.map((sum) => [sum.name, sum]));
  const days = [];
  for (let ms = Date.parse(since); ms <= Date.now(); ms += msPerDay) days.push(dayOf(ms));
  const valuesOf = (name) => days.map((day) => byDay.get(day)?.[name] ?? 0);
  const input = valuesOf('input_tokens');
  const output = valuesOf('output_tokens');
  const total = (name) => sums.reduce((sum, row) => sum + row[name], 0);
  const label = `Tokens by day since ${since}: ${formatShort(total('input_tokens'))} sent, ${formatShort(total('output_tokens'))} received, in ${formatCount(total('requests'))} requests`;
  return html`<${Chart} label=${label} times=${days.map((day) => Date.parse(day) / 1000)}
    series=${[{ title: 'Tokens sent', values: input }, { title: 'Tokens received', values: output }]} />`;
}

function SumTable({ by, sums }) {
  const shown = columns.filter(({ name }) => name === 'requests' || sums.some((sum) => sum[name] > 0));
  return html`<${Table} label=${`Usage by ${by}`} rows=${sums} keyOf=${({ name }) => name}
    columns=${[
      { title: titles[by], cell: ({ name }) => name || '(none)' },
      ...shown.map(({ title, name, format, kind = '' }) => ({
        title,
        kind: `number ${kind}`,
        cell: (sum) => format(sum[name]),
      })),
    ]} />`;
}
