/** The client APIs that can be tried: their bodies, and where their answers hold text. */

const turn = (content) => [{ role: 'user', content }];
const maxTokens = 2048;

/**
 * `path` is where clients send the body; `bodyOf(model, prompt, stream)` what they send. `deltaOf` finds the text in one event of a
 * stream, `textOf` in a whole answer.
 */
export const tryApis = {
  chat: {
    title: 'Chat Completions (OpenAI)',
    path: 'v1/chat/completions',
    bodyOf: (model, prompt, stream) => ({ model, messages: turn(prompt), stream }),
    deltaOf: ({ choices }) => choices?.[0]?.delta?.content,
    textOf: ({ choices }) => choices?.[0]?.message?.content,
  },
  responses: {
    title: 'Responses (OpenAI)',
    path: 'v1/responses',
    bodyOf: (model, prompt, stream) => ({ model, input: prompt, stream }),
    deltaOf: ({ type, delta }) => (type === 'response.output_text.delta' ? delta : undefined),
    textOf: ({ output = [] }) => output.flatMap(({ content = [] }) => content.map(({ text = '' }) => text)).join(''),
  },
  messages: {
    title: 'Messages (Anthropic)',
    path: 'v1/messages',
    bodyOf: (model, prompt, stream) => ({ model, max_tokens: maxTokens, messages: turn(prompt), stream }),
    deltaOf: ({ type, delta }) => (type === 'content_block_delta' ? delta?.text : undefined),
    textOf: ({ content = [] }) => content.map(({ text = '' }) => text).join(''),
  },
  completions: {
    title: 'Completions (OpenAI)',
    path: 'v1/completions',
    bodyOf: (model, prompt, stream) => ({ model, prompt, max_tokens: maxTokens, stream }),
    deltaOf: ({ choices }) => choices?.[0]?.text,
    textOf: ({ choices }) => choices?.[0]?.text,
  },
  ollama: {
    title: 'Chat (Ollama)',
    path: 'api/chat',
    bodyOf: (model, prompt, stream) => ({ model, messages: turn(prompt), stream }),
    deltaOf: ({ message }) => message?.content,
    textOf: ({ message }) => message?.content,
  },
};

/** The API of a path of this server, as clients ask for it; undefined: none that can be tried. @param {string} asked */
export function apiOfPath(asked) {
  const path = asked.split('?')[0];
  return Object.keys(tryApis).find((name) => path === `/${tryApis[name].path}`);
}

/** What an answer, or an event of it, says of an error; undefined when it says none. */
export function errorOf({ error, type, response }) {
  const found = error ?? response?.error;
  if (found) return typeof found === 'string' ? found : (found.message ?? JSON.stringify(found));
  return type === 'error' ? 'The stream ended with an error.' : undefined;
}

/** The JSON values of a stream: those of an SSE's `data:` lines, or the lines of Ollama's. @param {Response} answer */
export async function* readValues(answer) {
  // Not `for await`: Safari's streams are no async iterators.
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split(/\r?\n/);
    rest = lines.pop();
    for (const line of lines) yield* jsonOf(line);
  }
  yield* jsonOf(rest);
}

function* jsonOf(line) {
  const data = line.startsWith('data:') ? line.slice(5).trim() : line.trim();
  if (data.startsWith('{')) yield JSON.parse(data);
}
