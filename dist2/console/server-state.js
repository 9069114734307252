/** The state of the server in words: its providers, its configuration. */
import { html } from './html.js';
import { Badge, Notice } from './parts.js';

export function ProviderState({ ready, signedIn }) {
  if (ready) return html`<${Badge} tone="good">Ready<//>`;
  return signedIn === false ? html`<${Badge} tone="warn">Signed out<//>` : html`<${Badge} tone="bad">Not ready<//>`;
}

/** Why the configuration on disk is not in use. */
export function ConfigFault({ fault }) {
  if (!fault) return null;
  return html`<${Notice}>
    <p><strong>${fault.message}</strong></p>
    ${fault.faults?.length > 0 && html`<${FaultList} faults=${fault.faults} />`}
  <//>`;
}

/** Faults come as sentences, or with their place. */
export function FaultList({ faults }) {
  const describe = (fault) => {
    if (typeof fault === 'string') return fault;
    const place = [fault.path, fault.line !== undefined && `line ${fault.line}`].filter(Boolean).join(', ');
    return html`${place && html`<code>${place}</code>: `}${fault.reason}`;
  };
  return html`<ul>${faults.map((fault) => html`<li>${describe(fault)}</li>`)}</ul>`;
}

const outcomes = {
  taken: ['good', 'The change is in effect.'],
  unchanged: ['good', 'Nothing has changed.'],
  refused: ['bad', 'Refused; the configuration before it is in use.'],
};

/** What became of a reload: what took effect, what needs a restart, what is wrong. */
export function ReloadReport({ outcome, changes = [], waiting = [], message, faults = [] }) {
  const [tone, text] = outcomes[outcome] ?? ['warn', outcome];
  const list = (title, items) =>
    items.length > 0 && html`<p>${title}</p><ul>${items.map((item) => html`<li><code>${item}</code></li>`)}</ul>`;
  return html`<${Notice} tone=${tone}>
    <p><strong>${text}</strong> ${message}</p>
    ${list('Took effect:', changes)}
    ${list('Needs a restart:', waiting)}
    ${faults.length > 0 && html`<${FaultList} faults=${faults} />`}
  <//>`;
}
