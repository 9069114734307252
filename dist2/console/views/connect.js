import { useState } from 'preact/hooks';
import { api } from '../api.js';
import { baseUrls } from '../base-urls.js';
import { clients } from '../clients.js';
import { useModels, useTask } from '../hooks.js';
import { html } from '../html.js';
import { Copyable, Failure, Field, Notice, Prose, TextField } from '../parts.js';

/** What stands for the key until there is one. */
const noKey = 'YOUR_KEY';

/** A name for a client's key that is not taken. */
function freeName(client, keys) {
  const base = client
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const taken = new Set(keys.map(({ name }) => name));
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
  return name;
}

export function ConnectView() {
  const { names } = useModels();
  const [name, setName] = useState(clients[0].name);
  const [chosen, setModel] = useState();
  const [key, setKey] = useState();
  const client = clients.find((candidate) => candidate.name === name);
  const facts = { ...baseUrls, key: key?.key ?? noKey, model: chosen ?? names[0] ?? 'MODEL' };
  return html`
    <div class="fields">
      <${ClientField} name=${name} onChange=${setName} />
      <${TextField} label="Model" value=${facts.model} onInput=${setModel} list=${names} />
    </div>
    <${KeyMaker} client=${name} made=${key} onMade=${setKey} />
    <section aria-labelledby="client">
      <h2 id="client">${name}</h2>
      ${client.hint && html`<p><${Prose} text=${client.hint} /></p>`}
      ${client.snippets.map(
        ({ label, write }) => html`<div class="snippet" key=${`${name} ${label}`}>
          <h3>${label}</h3>
          <${Copyable} label=${`${name}: ${label}`} text=${write(facts)} />
        </div>`,
      )}
    </section>
  `;
}

function ClientField({ name, onChange }) {
  const kinds = Map.groupBy(clients, ({ kind }) => kind);
  const change = ({ currentTarget }) => onChange(currentTarget.value);
  return html`<${Field} label="Client">
    ${(id) => html`<select id=${id} value=${name} onChange=${change}>
      ${[...kinds].map(
        ([kind, members]) => html`<optgroup label=${kind}>
          ${members.map((member) => html`<option value=${member.name} selected=${member.name === name}>${member.name}</option>`)}
        </optgroup>`,
      )}
    </select>`}
  <//>`;
}

/** Makes a key on the spot. It is shown in the lines until the view is left, and never again. */
function KeyMaker({ client, made, onMade }) {
  const task = useTask();
  const make = () =>
    task.run(async () => {
      const { keys } = await api.get('keys');
      const { key, entry } = await api.post('keys', { name: freeName(client, keys) });
      onMade({ key, name: entry.name });
    });
  return html`<div>
    ${
      made
        ? html`<${Notice} tone="good">The key <strong>${made.name}</strong> is in the lines below. Copy them now: it is not shown again.<//>`
        : html`<p>The lines below have <code>${noKey}</code> where the key belongs.</p>`
    }
    <${Failure} error=${task.error} />
    <div class="actions">
      <button type="button" class=${made ? '' : 'primary'} disabled=${task.isBusy} onClick=${make}>Make a key for ${client}</button>
      <a href="#/keys">All keys</a>
    </div>
  </div>`;
}
