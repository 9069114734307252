import { useState } from 'preact/hooks';
import { api, queryOf } from '../api.js';
import { Course } from '../course.js';
import { formatBytes, formatTime } from '../format.js';
import { useLoad, useTask } from '../hooks.js';
import { html } from '../html.js';
import { Confirm, Empty, Failure, Prose } from '../parts.js';
import { AnswerSection } from './capture-answer.js';
import { BodiesSection } from './capture-bodies.js';
import { CaptureResult } from './captures.js';
import { RecordedRequest } from './recorded-request.js';

/** One capture: its way, its time, and what to do with it. @param {{ id: string }} props the name of its file */
export function CaptureView({ id: name }) {
  const [attempt, setAttempt] = useState();
  const path = `captures/${encodeURIComponent(name)}`;
  const { data, error } = useLoad(`${path}?${queryOf({ attempt })}`);
  return html`
    <p><a href="#/captures">All captures</a></p>
    <${Failure} error=${error} />
    ${
      data
        ? html`
          <${Facts} ...${data} />
          <${Actions} name=${name} path=${path} />
          <${Course} stages=${data.course} totalMs=${data.end?.ms ?? 0} />
          <${BodiesSection} ...${data} onAttempt=${setAttempt} />
          <${AnswerSection} ...${data} path=${path} attempt=${data.bodies?.attempt ?? 0} />
          <${RecordedRequest} path=${path} request=${data.request} end=${data.end} />`
        : !error && html`<${Empty}>Loading…<//>`
    }
  `;
}

const reasons = { all: 'everything was recorded', errors: 'it failed', asked: 'the client asked for it' };
const ways = {
  name: 'by its name',
  alias: 'by an alias',
  suffix: 'by its name, with an effort',
  'stand-in': 'in the place of one that was not available',
  fallback: 'after the one before had failed',
};

/** An error, and what caused it. */
const ErrorText = ({
  code,
  message,
  causes,
}) => html`${code && html`<code>${code}</code>${' '}`}<${Prose} text=${message} />
  ${causes?.map((cause) => html`<div class="soft">Cause: ${cause}</div>`)}`;

/** The models that were asked, each once, in their order. */
function modelsOf(attempts) {
  const models = attempts.map(({ model }) => model).filter(Boolean);
  const isNew = ({ provider, model }, index) =>
    models.findIndex((other) => other.provider === provider && other.model === model) === index;
  return models.filter(isNew);
}

function factsOf({ capture, request, attempts, end, bytes }) {
  const models = modelsOf(attempts);
  const asked = models[0]?.asked;
  return [
    ['Request', request && html`<code>${request.method} ${request.path}</code>`],
    ['Time', capture && formatTime(capture.startedAt)],
    ['Result', end && html`<${CaptureResult} ...${end} />`],
    ['Error', end?.error && html`<${ErrorText} ...${end.error} />`],
    ['Client', end?.client],
    ['Asked model', asked],
    [
      models.length > 1 ? 'Models asked' : 'Answered by',
      models.length > 0 &&
        models.map(
          ({ provider, model, why }) =>
            html`<div>${provider}/${model} <span class="soft">${ways[why] ?? why}</span></div>`,
        ),
    ],
    ['Ignored', end?.ignored.length > 0 && end.ignored.join(', ')],
    ['Left out', end?.leftOutBytes && `${formatBytes(end.leftOutBytes)}: the capture had reached its limit`],
    [
      'Recorded',
      capture &&
        `because ${reasons[capture.reason] ?? capture.reason}, by version ${capture.program}, ${formatBytes(bytes)}`,
    ],
    ['Row', capture && html`<a href=${`#/requests/${encodeURIComponent(capture.id)}`}>${capture.id}</a>`],
  ].filter(([, value]) => value);
}

const Facts = (view) => html`<dl class="facts">
  ${factsOf(view).map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
</dl>`;

function Actions({ name, path }) {
  const [isAsking, setAsking] = useState(false);
  const task = useTask();
  const remove = () =>
    task.run(async () => {
      await api.delete(path);
      location.hash = '#/captures';
    });
  return html`<div class="actions">
    <a class="button" href=${`api/${path}/file`} download=${name}>Download</a>
    <a class="button" href=${`api/${path}/har`} download>Download as HAR</a>
    <button type="button" class="danger" onClick=${() => setAsking(true)}>Delete</button>
    ${
      isAsking &&
      html`<${Confirm} title="Delete this capture?" action="Delete" task=${task} onConfirm=${remove} onClose=${() => setAsking(false)}>
        <p>Its file goes from the server. The request’s row in the ledger stays.</p>
      <//>`
    }
  </div>`;
}
