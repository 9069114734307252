/** Parts that several views share. */
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { html } from './html.js';

/** A message: what went wrong, or well. @param {{ tone?: 'bad' | 'warn' | 'good' }} props */
export function Notice({ tone = 'bad', children }) {
  return html`<div class=${`notice ${tone}`} role=${tone === 'bad' ? 'alert' : 'status'}>${children}</div>`;
}

/** A sentence of the server, in which backticks mark what is typed. */
export const Prose = ({ text }) =>
  text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));

export const Failure = ({ error }) => error && html`<${Notice}><${Prose} text=${error.message} /><//>`;

/** A label of which sighted readers see the place, and others are told it. */
export const numbered = (text, number) => html`${text}<span class="unseen"> (${number})</span>`;

export const Badge = ({ tone, children }) => html`<span class=${`badge ${tone}`}>${children}</span>`;

/** What stands while there is nothing to show. */
export const Empty = ({ children }) => html`<p class="empty">${children}</p>`;

/** A labelled field; give it an input, select or textarea as a function of its id. */
export function Field({ label, hint, children, class: kind = '' }) {
  const id = useId();
  return html`<div class=${`field ${kind}`}>
    <label for=${id}>${label}</label>
    ${children(id, hint ? `${id}-hint` : undefined)}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
  </div>`;
}

/** @param {{ options: readonly (readonly [string, string])[], value: string, onChange: (value: string) => void }} props */
export function Select({ label, options, value, onChange, class: kind }) {
  const change = ({ currentTarget }) => onChange(currentTarget.value);
  return html`<${Field} label=${label} class=${kind}>
    ${(id) => html`<select id=${id} value=${value} onChange=${change}>
      ${options.map(([name, text]) => html`<option value=${name} selected=${name === value}>${text}</option>`)}
    </select>`}
  </${Field}>`;
}

/** A text field; what it takes besides goes to the input. */
export function TextField({ label, hint, value, onInput, class: kind, list, ...rest }) {
  const input = ({ currentTarget }) => onInput(currentTarget.value);
  return html`<${Field} label=${label} hint=${hint} class=${kind}>
    ${(id, hintId) => html`<input id=${id} aria-describedby=${hintId} value=${value} onInput=${input}
        list=${list && `${id}-list`} autocomplete="off" spellcheck=${false} ...${rest} />
      ${list && html`<datalist id=${`${id}-list`}>${list.map((name) => html`<option value=${name} />`)}</datalist>`}`}
  </${Field}>`;
}

/** Only one of a few. @param {{ options: readonly (readonly [string, string])[] }} props */
export function Choice({ label, options, value, onChange }) {
  const name = useId();
  return html`<fieldset class="choice">
    <legend class="unseen">${label}</legend>
    ${options.map(
      ([option, text]) => html`<label key=${option}>
        <input type="radio" name=${name} checked=${option === value} onChange=${() => onChange(option)} />
        <span>${text}</span>
      </label>`,
    )}
  </fieldset>`;
}

/**
 * A table that scrolls by itself where it is too wide.
 *
 * @param {{ label: string, columns: readonly { title: string, kind?: string, cell: (row: any) => any }[], rows: readonly any[],
 *   keyOf: (row: any) => string }} props `kind` is a class: `number`, or `wide` for what a phone leaves out
 */
export function Table({ label, columns, rows, keyOf }) {
  return html`<div class="scroll" role="region" aria-label=${label} tabindex="0">
    <table>
      <caption class="unseen">${label}</caption>
      <thead><tr>${columns.map(({ title, kind }) => html`<th scope="col" class=${kind}>${title}</th>`)}</tr></thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr key=${keyOf(row)}>
            ${columns.map(({ kind, cell }, index) =>
              index === 0
                ? html`<th scope="row" class=${kind}>${cell(row)}</th>`
                : html`<td class=${kind}>${cell(row)}</td>`,
            )}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** The answering model, below the name that was asked for where that is another. */
export const AnsweringModel = ({ askedModel, provider, model }) => {
  const answered = [provider, model].filter(Boolean).join('/');
  const isAsked = !askedModel || askedModel === model || askedModel === answered;
  if (!answered || isAsked) return answered || askedModel || '–';
  return html`${askedModel}<br /><span class="soft">→ ${answered}</span>`;
};

/** Headers of a request or an answer, folded. @param {{ headers: Record<string, string | readonly string[]>, label: string }} props */
export function Headers({ headers, label }) {
  const all = Object.entries(headers);
  return html`<details class="headers">
    <summary>${label} (${all.length})</summary>
    <dl>${all.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${[value].flat().join(', ')}</dd></div>`)}</dl>
  </details>`;
}

/** Copies; where the browser does not let pages of plain HTTP do so, it marks the text for the reader to copy. */
async function copyFrom(element) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(element.textContent);
    return 'Copied';
  }
  getSelection().selectAllChildren(element);
  return 'Marked: press Ctrl+C';
}

/** Lines to take elsewhere. @param {{ label: string, text: string }} props */
export function Copyable({ label, text }) {
  const code = useRef();
  const [told, setTold] = useState('');
  const copy = async () => setTold(await copyFrom(code.current).catch(() => 'Not allowed by the browser'));
  useEffect(() => setTold(''), [text]);
  return html`<div class="copyable">
    <pre tabindex="0" role="region" aria-label=${label}><code ref=${code}>${text}</code></pre>
    <button type="button" class="small" aria-label=${`Copy: ${label}`} onClick=${copy}>${told || 'Copy'}</button>
    <span class="unseen" role="status">${told}</span>
  </div>`;
}

const marks = { same: ' ', added: '+', removed: '−' };
/** What a reader who does not see the marks is told. */
export const spokenKinds = {
  same: '',
  added: 'added: ',
  removed: 'removed: ',
  passing: 'added here, gone in the next: ',
};

/** @param {{ label: string, lines: readonly { kind: 'same' | 'added' | 'removed', text: string }[] }} props */
export function Difference({ label, lines }) {
  return html`<div class="diff" role="region" aria-label=${label} tabindex="0">
    ${lines.map(({ kind, text }) => html`<div class=${kind}><span aria-hidden="true">${marks[kind]} </span><span class="unseen">${spokenKinds[kind]}</span>${text}</div>`)}
  </div>`;
}

/** A dialog that is open as long as it is there; then the focus goes back to what opened it. */
export function Dialog({ title, onClose, children }) {
  const dialog = useRef();
  const id = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current.showModal();
    return () => (opener.isConnected ? opener : document.querySelector('h1')).focus();
  }, []);
  return html`<dialog ref=${dialog} aria-labelledby=${id} onClose=${onClose}>
    <h2 id=${id}>${title}</h2>
    ${children}
  </dialog>`;
}

/** Asks before what cannot be undone. */
export function Confirm({ title, action, onConfirm, onClose, task, children }) {
  return html`<${Dialog} title=${title} onClose=${onClose}>
    ${children}
    <${Failure} error=${task.error} />
    <div class="actions">
      <button type="button" class="danger" disabled=${task.isBusy} onClick=${onConfirm}>${action}</button>
      <button type="button" onClick=${onClose}>Keep</button>
    </div>
  </${Dialog}>`;
}
