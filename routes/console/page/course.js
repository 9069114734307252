/** Where the time of a request went: its stages below each other. */
import { formatMs } from './format.js';
import { html } from './html.js';
import { Table } from './parts.js';

/** @param {{ stages: readonly { name: string, fromMs: number, toMs: number, ticksMs?: readonly number[] }[], totalMs: number }} props */
export function Course({ stages, totalMs }) {
  if (!stages?.length) return null;
  const endMs = Math.max(1, totalMs, ...stages.map(({ toMs }) => toMs));
  const share = (ms) => `${(100 * ms) / endMs}%`;
  const bar = ({ fromMs, toMs, ticksMs }) => html`<div class="track" aria-hidden="true">
    <div class=${ticksMs ? 'span' : ''} style=${{ left: share(fromMs), width: share(Math.max(toMs - fromMs, endMs / 200)) }}></div>
    ${ticksMs?.map((ms) => html`<i style=${{ left: share(ms) }}></i>`)}
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
