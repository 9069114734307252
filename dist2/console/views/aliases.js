import { useEffect, useState } from 'preact/hooks';
import { api } from '../api.js';
import { useLoad, useModels, useTask } from '../hooks.js';
import { html } from '../html.js';
import { Dialog, Difference, Empty, Failure, Notice, numbered, TextField } from '../parts.js';
import { FaultList, ReloadReport } from '../server-state.js';

const toRows = (aliases) =>
  Object.entries(aliases).map(([name, targets], index) => ({ id: index, name, targets: [targets].flat().join(', ') }));

function toAliases(rows) {
  const entries = rows.map(({ name, targets }) => [
    name.trim(),
    targets
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean),
  ]);
  return Object.fromEntries(
    entries
      .filter(([name]) => name !== '')
      .map(([name, targets]) => [name, targets.length === 1 ? targets[0] : targets]),
  );
}

/** The aliases of the configuration file: what changes is shown as a difference of the file before it is saved. */
export function AliasSection({ onSaved }) {
  const { data, error, reload } = useLoad('aliases');
  const [rows, setRows] = useState([]);
  const [review, setReview] = useState();
  const [report, setReport] = useState();
  const task = useTask();
  useEffect(() => data && setRows(toRows(data.aliases)), [data]);
  const look = (event) => {
    event.preventDefault();
    const aliases = toAliases(rows);
    task.run(async () => setReview({ aliases, ...(await api.post('aliases/preview', { aliases })) }));
  };
  const save = () =>
    task.run(async () => {
      setReport(await api.put('aliases', { aliases: review.aliases }));
      setReview(undefined);
      await reload();
      await onSaved();
    });
  return html`<section aria-labelledby="aliases">
    <h2 id="aliases">Aliases</h2>
    <p>A name of your own for a model. With several models, the first that can answer does.</p>
    <${Failure} error=${error ?? (review ? undefined : task.error)} />
    ${data?.canSave === false && html`<${Notice} tone="warn">They cannot be saved from here: ${data.why}<//>`}
    ${report && html`<${ReloadReport} ...${report} />`}
    ${
      data &&
      html`<form class="stack" onSubmit=${look}>
        <${AliasRows} rows=${rows} onChange=${setRows} />
        <div class="actions"><button class="primary" disabled=${task.isBusy || !data.canSave}>Review the change</button></div>
      </form>`
    }
    ${review && html`<${Review} ...${review} task=${task} onSave=${save} onClose=${() => setReview(undefined)} />`}
  </section>`;
}

function AliasRows({ rows, onChange }) {
  const { names } = useModels();
  const change = (id, part) => onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const add = () => onChange([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, name: '', targets: '' }]);
  return html`
    ${rows.length === 0 && html`<${Empty}>There is none yet.<//>`}
    ${rows.map(
      ({ id, name, targets }, index) => html`<div class="alias" key=${id}>
        <${TextField} label=${numbered('Name', `alias ${index + 1}`)} value=${name} onInput=${(value) => change(id, { name: value })} />
        <${TextField} label=${numbered('Models', `alias ${index + 1}`)} value=${targets} list=${names} onInput=${(value) => change(id, { targets: value })} />
        <button type="button" class="small" aria-label=${`Remove alias ${name || index + 1}`} onClick=${() => onChange(rows.filter((row) => row.id !== id))}>Remove</button>
      </div>`,
    )}
    <div><button type="button" class="small" onClick=${add}>Add an alias</button></div>
  `;
}

function Review({ diff, faults, task, onSave, onClose }) {
  const isChanged = diff.some(({ kind }) => kind !== 'same');
  return html`<${Dialog} title="The change of the file" onClose=${onClose}>
    ${faults.length > 0 && html`<${Notice}><p>It has faults, and cannot be saved:</p><${FaultList} faults=${faults} /><//>`}
    ${!isChanged && html`<p>Nothing changes.</p>`}
    ${isChanged && html`<${Difference} label="Difference" lines=${diff} />`}
    <${Failure} error=${task.error} />
    <div class="actions">
      <button type="button" class="primary" disabled=${task.isBusy || !isChanged || faults.length > 0} onClick=${onSave}>Save</button>
      <button type="button" onClick=${onClose}>Back</button>
    </div>
  <//>`;
}
