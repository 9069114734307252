import { html } from '../html.js';
import { Badge, Difference, Prose } from '../parts.js';

/** What boxes change, for people. */
const partNames = { body: 'Body', request: 'Request', model: 'Model', upstream: 'Request to the upstream' };

/** What the chain would do with a request, box by box. */
export function Explanation({ boxes, models, ignored, emulated, inputTokens, upstream }) {
  const idle = boxes.filter(isIdle).map(({ box }) => box);
  const facts = [
    ['Model', models.map((model) => html`<${Candidate} ...${model} />`)],
    ['Ignored', ignored.join(', ') || 'nothing'],
    ['Done by this server', emulated.join(', ') || 'nothing'],
    ['Input', inputTokens === undefined ? 'unknown' : `about ${inputTokens} tokens`],
    ['Goes to', upstream ? `${upstream.method} ${upstream.url}` : 'nobody'],
  ];
  return html`<section aria-labelledby="explanation">
    <div class="section-head">
      <h2 id="explanation">What would happen</h2>
      <${Badge} tone=${upstream ? 'good' : 'bad'}>${upstream ? 'it would be sent' : 'nothing would be sent'}<//>
    </div>
    <dl class="facts">
      ${facts.map(([name, value]) => html`<div key=${name}><dt>${name}</dt><dd>${value}</dd></div>`)}
    </dl>
    <ol class="list" aria-label="What each box changes">
      ${boxes.filter((box) => !isIdle(box)).map((box) => html`<${Stage} key=${box.box} ...${box} />`)}
    </ol>
    ${idle.length > 0 && html`<p class="soft">These change nothing: ${idle.join(', ')}.</p>`}
  </section>`;
}

const isIdle = ({ changes, ignored, transforms, error }) =>
  changes.length === 0 && ignored.length === 0 && transforms === 0 && !error;

function Candidate({ name, isChosen, reason }) {
  return html`<div>${isChosen ? html`<strong>${name}</strong>` : name}${reason && html` <span class="soft">(<${Prose} text=${reason} />)</span>`}</div>`;
}

function Stage({ box, changes, ignored, transforms, error }) {
  return html`<li>
    <h3>${box}</h3>
    ${error && html`<p><${Badge} tone="bad">${error.code}<//> <${Prose} text=${error.message} /></p>`}
    ${ignored.length > 0 && html`<p>Ignores ${ignored.join(', ')}.</p>`}
    ${transforms > 0 && html`<p>Changes the answer as it comes.</p>`}
    ${changes.map(
      ({ part, lines }) => html`<div class="change" key=${part}>
        <p class="soft">${partNames[part]}</p>
        <${Difference} label=${`${box}: ${partNames[part]}`} lines=${lines} />
      </div>`,
    )}
  </li>`;
}
