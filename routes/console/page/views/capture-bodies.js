/** The bodies on the way from the client to the upstream, side by side. */
import { useState } from 'preact/hooks';
import { html } from '../html.js';
import { Choice, Empty, Headers, Select, spokenKinds } from '../parts.js';

const titles = { client: 'Client sent', canonical: 'Canonical form', upstream: 'Sent to the upstream' };
const marks = { same: '', added: '+', removed: '−', passing: '±' };
/** Rows that stayed the same beside those that did not. */
const contextRows = 2;
/** Fewer are not worth folding. */
const leastFolded = 4;

export function BodiesSection({ request, attempts, bodies, onAttempt }) {
  const attempt = attempts.find(({ n }) => n === bodies?.attempt);
  return html`<section aria-labelledby="bodies">
    <div class="section-head">
      <h2 id="bodies">From the client to the upstream</h2>
      <div class="marks soft"><span class="added">+ new here</span> <span class="removed">− gone in the next</span> <span class="passing">± both</span></div>
    </div>
    ${attempts.length > 1 && html`<${AttemptSelect} attempts=${attempts} value=${bodies?.attempt} onChange=${onAttempt} />`}
    ${attempt && html`<p class="soft"><code>${attempt.method} ${attempt.url}</code>${attempt.isPassThrough ? ': client and upstream speak one API, so that the answer is passed on as it comes' : ''}</p>`}
    ${bodies ? html`<${Bodies} key=${bodies.attempt} ...${bodies} />` : html`<${Empty}>Nothing was recorded of it.<//>`}
    ${request && html`<${Headers} headers=${request.headers} label="Headers of the client" />`}
    ${attempt && html`<${Headers} headers=${attempt.headers} label="Headers to the upstream" />`}
  </section>`;
}

function AttemptSelect({ attempts, value, onChange }) {
  const options = attempts.map(({ n, model, status, how }) => {
    const name = model ? `${model.provider}/${model.model}` : 'upstream';
    return [String(n), `${n + 1}: ${name}, ${status ? `HTTP ${status}` : (how ?? 'no answer')}`];
  });
  return html`<div class="fields"><${Select} label="Upstream request" options=${options} value=${String(value)} onChange=${onChange} /></div>`;
}

/** The rows, those that stayed the same in numbers. */
function foldedOf(rows) {
  const isSame = (row) => !row.skipped && row.every((cell) => cell === null || cell.kind === 'same');
  const isShown = rows.map((_, index) =>
    rows.slice(Math.max(0, index - contextRows), index + contextRows + 1).some((row) => !isSame(row)),
  );
  const parts = [];
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && isShown[end] === isShown[start]) end += 1;
    const isFolded = !isShown[start] && end - start >= leastFolded;
    parts.push({ start, rows: rows.slice(start, end), isFolded });
    start = end;
  }
  return parts;
}

function Bodies({ columns, rows, leftOut }) {
  /** The one that a narrow screen shows. */
  const [column, setColumn] = useState(columns.at(-1));
  const [open, setOpen] = useState(new Set());
  return html`
    <div class="narrow"><${Choice} label="Body" options=${columns.map((name) => [name, titles[name]])} value=${column} onChange=${setColumn} /></div>
    <div class="scroll bodies" role="region" aria-label="Bodies" tabindex="0">
      <table>
        <caption class="unseen">Bodies, line by line</caption>
        <thead><tr>${columns.map((name) => html`<th scope="col" class=${name === column ? '' : 'wide'}>${titles[name]}</th>`)}</tr></thead>
        ${foldedOf(rows).map((part) =>
          part.isFolded && !open.has(part.start)
            ? html`<tbody key=${part.start}><tr class="fold"><td colspan=${columns.length}>
                <button type="button" class="small" onClick=${() => setOpen(new Set(open).add(part.start))}>${part.rows.length} lines that are the same</button>
              </td></tr></tbody>`
            : html`<tbody key=${part.start}>${part.rows.map((row) => (row.skipped ? html`<tr class="fold"><td class="soft" colspan=${columns.length}>${row.skipped} lines that are the same</td></tr>` : html`<tr>${row.map((cell, index) => html`<${Cell} cell=${cell} isNarrow=${columns[index] === column} />`)}</tr>`))}</tbody>`,
        )}
      </table>
    </div>
    ${leftOut > 0 && html`<p class="soft">${leftOut} more lines are in the file.</p>`}
  `;
}

function Cell({ cell, isNarrow }) {
  const { kind = 'none', text = '' } = cell ?? {};
  return html`<td class=${`${kind} ${isNarrow ? '' : 'wide'}`}><span class="mark" aria-hidden="true">${marks[kind]}</span><span class="unseen">${spokenKinds[kind]}</span>${text}</td>`;
}
