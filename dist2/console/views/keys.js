import { useState } from 'preact/hooks';
import { api } from '../api.js';
import { formatAgo, formatCount, formatLimits, formatMoney, formatTime } from '../format.js';
import { useLoad, useTask } from '../hooks.js';
import { html } from '../html.js';
import { Badge, Confirm, Copyable, Dialog, Empty, Failure } from '../parts.js';
import { KeyForm } from './key-form.js';

export function KeysView() {
  const { data, error, reload } = useLoad('keys');
  /** What is open: `{ kind: 'made' | 'edit' | 'revoke', … }`. */
  const [open, setOpen] = useState();
  const close = () => setOpen(undefined);
  const task = useTask();
  const change = (action) =>
    task.run(async () => {
      await action();
      await reload();
      close();
    });
  return html`
    <p>A client key lets a tool use this server. From the first key on, every request needs one.</p>
    <${Failure} error=${error ?? (open ? undefined : task.error)} />
    ${data && html`<${KeyList} keys=${data.keys} onOpen=${setOpen} onSwitch=${({ name, disabled }) => change(() => api.patch(pathOf(name), { disabled: !disabled }))} />`}
    <section aria-labelledby="make">
      <h2 id="make">Make a key</h2>
      <${KeyForm} action="Make the key" onSubmit=${async (values) => {
        const made = await api.post('keys', values);
        await reload();
        setOpen({ kind: 'made', secret: made.key, name: made.entry.name });
      }} />
    </section>
    ${open?.kind === 'made' && html`<${MadeKey} ...${open} onClose=${close} />`}
    ${open?.kind === 'edit' && html`<${EditKey} entry=${open.entry} onClose=${close} onDone=${reload} />`}
    ${
      open?.kind === 'revoke' &&
      html`<${Confirm} title=${`Revoke ${open.name}?`} action="Revoke" task=${task} onClose=${close}
        onConfirm=${() => change(() => api.delete(pathOf(open.name)))}>
        <p>Whoever uses this key is refused from now on. It cannot be brought back.</p>
      <//>`
    }
  `;
}

const pathOf = (name) => `keys/${encodeURIComponent(name)}`;

function stateOf({ disabled, expires }) {
  if (disabled) return html`<${Badge} tone="warn">Off<//>`;
  const isOver = expires && Date.parse(expires.length === 10 ? `${expires}T23:59:59Z` : expires) < Date.now();
  return isOver ? html`<${Badge} tone="bad">Expired<//>` : html`<${Badge} tone="good">Good<//>`;
}

function describeUse({ used, lastUsedAt }) {
  if (!lastUsedAt) return 'Never used';
  const sums = [used && `${formatCount(used.requests)} requests`, used?.cost > 0 && formatMoney(used.cost)];
  return [`Last used ${formatAgo(lastUsedAt)}`, ...sums].filter(Boolean).join(' · ');
}

function describeRights({ limits, models, expires }) {
  const rights = [
    ...formatLimits(limits),
    models && `only ${models.join(', ')}`,
    expires && `until ${expires.length === 10 ? expires : formatTime(expires)}`,
  ].filter(Boolean);
  return rights.length === 0 ? 'No limits' : rights.join(' · ');
}

function KeyList({ keys, onOpen, onSwitch }) {
  if (keys.length === 0) return html`<${Empty}>There is no client key yet: the server asks for none.<//>`;
  return html`<ul class="list" aria-label="Client keys">
    ${keys.map(
      (entry) => html`<li key=${entry.name}>
        <div class="card-head"><h2>${entry.name}</h2>${stateOf(entry)}</div>
        <p>${describeRights(entry)}</p>
        <p class="soft">${describeUse(entry)}</p>
        ${
          entry.from === 'configuration'
            ? html`<p class="soft">Kept in the configuration, and changed there.</p>`
            : html`<${KeyActions} entry=${entry} onOpen=${onOpen} onSwitch=${onSwitch} />`
        }
      </li>`,
    )}
  </ul>`;
}

function KeyActions({ entry, onOpen, onSwitch }) {
  const { name, disabled } = entry;
  const action = (text, onClick, kind = '') =>
    html`<button type="button" class=${`small ${kind}`} onClick=${onClick}>${text}<span class="unseen"> ${name}</span></button>`;
  return html`<div class="row-actions">
    ${action('Change', () => onOpen({ kind: 'edit', entry }))}
    ${action(disabled ? 'Switch on' : 'Switch off', () => onSwitch(entry))}
    ${action('Revoke', () => onOpen({ kind: 'revoke', name }), 'danger')}
  </div>`;
}

const MadeKey = ({ name, secret, onClose }) => html`<${Dialog} title=${`The key ${name}`} onClose=${onClose}>
  <p>Copy it now. It is kept here only as a hash, and cannot be shown again.</p>
  <${Copyable} label="The new key" text=${secret} />
  <div class="actions"><button type="button" class="primary" onClick=${onClose}>Done</button></div>
<//>`;

const EditKey = ({ entry, onClose, onDone }) => html`<${Dialog} title=${`Change ${entry.name}`} onClose=${onClose}>
  <${KeyForm} entry=${entry} action="Save" onCancel=${onClose} onSubmit=${async ({ name, ...values }) => {
    await api.patch(pathOf(name), values);
    await onDone();
    onClose();
  }} />
<//>`;
