import { useEffect, useRef, useState } from 'preact/hooks';
import { api as consoleApi, send } from '../api.js';
import { formatMs } from '../format.js';
import { useModels, useTask } from '../hooks.js';
import { html } from '../html.js';
import { Badge, Failure, Field, Notice, Select, TextField } from '../parts.js';
import { errorOf, readValues, tryApis } from '../try-apis.js';
import { Explanation } from './explanation.js';
import { RequestCode } from './request-code.js';

const apiOptions = Object.entries(tryApis).map(([name, { title }]) => [name, title]);

/** Asks through an API, and tells of the answer as it comes. @param {(part: object) => void} tell */
async function ask({ api, body, signal, tell }) {
  const startMs = performance.now();
  const sinceStart = () => performance.now() - startMs;
  const { deltaOf, textOf } = tryApis[api];
  const answer = await send('POST', `try/${api}`, body, signal);
  tell({
    status: answer.status,
    requestId: answer.headers.get('x-request-id'),
    ignored: answer.headers.get('x-opencompat-ignored'),
  });
  let text = '';
  if (!body.stream || !answer.ok) {
    const value = await answer.json();
    return tell({ text: textOf(value) ?? '', fault: errorOf(value), firstMs: sinceStart(), totalMs: sinceStart() });
  }
  let firstMs;
  for await (const value of readValues(answer)) {
    text += deltaOf(value) ?? '';
    if (text !== '') firstMs ??= sinceStart();
    tell({ text, fault: errorOf(value), firstMs });
  }
  tell({ totalMs: sinceStart() });
}

function useAnswer() {
  const [answer, setAnswer] = useState();
  const abort = useRef();
  useEffect(() => () => abort.current?.abort(), []);
  const start = async (api, body) => {
    const controller = new AbortController();
    abort.current = controller;
    setAnswer({ text: '', isRunning: true });
    const tell = (part) => setAnswer((before) => ({ ...before, ...part, fault: part.fault ?? before.fault }));
    try {
      await ask({ api, body, signal: controller.signal, tell });
    } catch (error) {
      tell(controller.signal.aborted ? { isStopped: true } : { fault: error.message });
    }
    tell({ isRunning: false });
  };
  return { answer, start, stop: () => abort.current?.abort() };
}

export function TryView() {
  const { names, error } = useModels();
  const [api, setApi] = useState('chat');
  const [chosen, setModel] = useState();
  const [prompt, setPrompt] = useState('Say hello in Norwegian.');
  const [stream, setStream] = useState(true);
  const { answer, start, stop } = useAnswer();
  const model = chosen ?? names[0] ?? '';
  const body = tryApis[api].bodyOf(model, prompt, stream);
  const [explanation, setExplanation] = useState();
  const task = useTask();
  const explain = () => task.run(async () => setExplanation(await consoleApi.post(`explain/${api}`, body)));
  const submit = (event) => {
    event.preventDefault();
    setExplanation(undefined);
    if (event.submitter?.name === 'explain') explain();
    else start(api, body);
  };
  const input = ({ currentTarget }) => setPrompt(currentTarget.value);
  return html`
    <${Failure} error=${error ?? task.error} />
    <form onSubmit=${submit}>
      <div class="fields">
        <${Select} label="API" options=${apiOptions} value=${api} onChange=${setApi} />
        <${TextField} label="Model" value=${model} onInput=${setModel} list=${names} required />
      </div>
      <${Field} label="Message">${(id) => html`<textarea id=${id} rows="4" value=${prompt} onInput=${input} required></textarea>`}<//>
      <div class="actions">
        <button class="primary" disabled=${answer?.isRunning}>Send</button>
        <button name="explain" disabled=${task.isBusy}>Explain</button>
        ${answer?.isRunning && html`<button type="button" onClick=${stop}>Stop</button>`}
        <label class="switch"><input type="checkbox" checked=${stream} onChange=${() => setStream(!stream)} /> Stream</label>
      </div>
    </form>
    ${explanation && html`<${Explanation} ...${explanation} />`}
    ${answer && html`<${Answer} ...${answer} />`}
    <${RequestCode} api=${api} path=${`/${tryApis[api].path}`} body=${body} />
  `;
}

function Answer({ text, fault, status, requestId, ignored, firstMs, totalMs, isRunning, isStopped }) {
  const facts = [
    firstMs !== undefined && `first text after ${formatMs(firstMs)}`,
    totalMs !== undefined && `whole after ${formatMs(totalMs)}`,
    ignored && `ignored: ${ignored}`,
    isStopped && 'stopped',
  ].filter(Boolean);
  return html`<section aria-labelledby="answer">
    <div class="section-head">
      <h2 id="answer">Answer</h2>
      ${status && html`<${Badge} tone=${status < 400 && !fault ? 'good' : 'bad'}>HTTP ${status}<//>`}
    </div>
    <div class="answer" role="log" aria-labelledby="answer" aria-busy=${Boolean(isRunning)} tabindex="0">${text || (isRunning ? '…' : '')}</div>
    ${fault && html`<${Notice}>${fault}<//>`}
    <p class="soft">${facts.join(' · ')}${' '}${requestId && html`<a href=${`#/requests/${encodeURIComponent(requestId)}`}>This request’s row</a>`}</p>
  </section>`;
}
