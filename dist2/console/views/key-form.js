import { useState } from 'preact/hooks';
import { useTask } from '../hooks.js';
import { html } from '../html.js';
import { Failure, numbered, Select, TextField } from '../parts.js';

const measures = [
  ['requests', 'requests'],
  ['tokens', 'tokens'],
  ['cost', 'USD'],
];
const windows = [
  ['minute', 'a minute'],
  ['hour', 'an hour'],
  ['day', 'a day'],
  ['month', 'a month'],
];

const firstLimit = { amount: '', measure: 'requests', window: 'day' };

/** The API's `{ requests: { day: 20 } }` as rows of the form, and back. */
function toRows(limits = {}) {
  return Object.entries(limits).flatMap(([measure, byWindow]) =>
    Object.entries(byWindow).map(([window, amount]) => ({ amount: String(amount), measure, window })),
  );
}

function toLimits(rows) {
  const limits = {};
  for (const { amount, measure, window } of rows) {
    if (amount === '') continue;
    limits[measure] ??= {};
    limits[measure][window] = Number(amount);
  }
  return limits;
}

const listOf = (text) => text.split(/[,\s]+/).filter(Boolean);

/** What a new key gets, or what changes of an old one: there an emptied field takes the limit away. */
function readForm({ name, models, expires, rows }, isNew) {
  const given = { limits: toLimits(rows), models: listOf(models), expires };
  const isSet = {
    limits: Object.keys(given.limits).length > 0,
    models: given.models.length > 0,
    expires: expires !== '',
  };
  const pairs = Object.entries(given).map(([field, value]) => [field, isSet[field] ? value : null]);
  return { name, ...Object.fromEntries(isNew ? pairs.filter(([, value]) => value !== null) : pairs) };
}

/** @param {{ entry?: object, action: string, onSubmit: (values: object) => Promise<void>, onCancel?: () => void }} props */
export function KeyForm({ entry, action, onSubmit, onCancel }) {
  const blank = {
    name: entry?.name ?? '',
    models: entry?.models?.join(', ') ?? '',
    expires: entry?.expires ?? '',
    rows: entry ? toRows(entry.limits) : [firstLimit],
  };
  const [form, setForm] = useState(blank);
  const task = useTask();
  const set = (field) => (value) => setForm({ ...form, [field]: value });
  const submit = (event) => {
    event.preventDefault();
    task.run(async () => {
      await onSubmit(readForm(form, entry === undefined));
      if (!entry) setForm(blank);
    });
  };
  return html`<form class="stack" onSubmit=${submit}>
    ${!entry && html`<${TextField} label="Name" hint="Shown in the table of requests and in logs." value=${form.name} onInput=${set('name')} required maxlength="64" />`}
    <${LimitFields} rows=${form.rows} onChange=${set('rows')} />
    <div class="fields">
      <${TextField} label="Models (optional)" hint="Only these, separated by commas; * stands for any text." value=${form.models} onInput=${set('models')} />
      <${TextField} label="Last day (optional)" hint="The key is good until its end, in UTC." type=${form.expires.length > 10 ? 'text' : 'date'} value=${form.expires} onInput=${set('expires')} />
    </div>
    <${Failure} error=${task.error} />
    <div class="actions">
      <button class="primary" disabled=${task.isBusy}>${action}</button>
      ${onCancel && html`<button type="button" onClick=${onCancel}>Cancel</button>`}
    </div>
  </form>`;
}

function LimitFields({ rows, onChange }) {
  const change = (index, part) => onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  const nameOf = (part, index) => numbered(part, `limit ${index + 1}`);
  return html`<fieldset class="limits">
    <legend>Limits (optional)</legend>
    ${rows.map(
      (row, index) => html`<div class="limit" key=${index}>
        <${TextField} label=${nameOf('At most', index)} type="number" min="0" step=${row.measure === 'cost' ? 'any' : '1'}
          inputmode="decimal" value=${row.amount} onInput=${(amount) => change(index, { amount })} />
        <${Select} label=${nameOf('Of', index)} options=${measures} value=${row.measure} onChange=${(measure) => change(index, { measure })} />
        <${Select} label=${nameOf('In', index)} options=${windows} value=${row.window} onChange=${(window) => change(index, { window })} />
      </div>`,
    )}
    <button type="button" class="small" onClick=${() => onChange([...rows, firstLimit])}>Add a limit</button>
  </fieldset>`;
}
