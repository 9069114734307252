/** Writes a request as lines that run elsewhere. */

const keyName = 'OPENCOMPAT_KEY';

/** For a POSIX shell. */
const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON as Python has it. */
function toPython(value, indent = '') {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  if (Array.isArray(value)) return `[${value.map((item) => toPython(item, indent)).join(', ')}]`;
  const fields = Object.entries(value).map(
    ([name, item]) => `${inner}${JSON.stringify(name)}: ${toPython(item, inner)},\n`,
  );
  return `{\n${fields.join('')}${indent}}`;
}

/** JSON as the argument of a call. */
const toJs = (value) => JSON.stringify(value, null, 2);

/** How the libraries are called: by the API. `named` are the parameters that their Python takes by name whatever its version. */
const openai = { python: 'from openai import OpenAI', js: "import OpenAI from 'openai';", name: 'OpenAI', base: '/v1' };
const anthropic = {
  python: 'from anthropic import Anthropic',
  js: "import Anthropic from '@anthropic-ai/sdk';",
  name: 'Anthropic',
  base: '',
};
const libraries = {
  chat: { ...openai, call: 'chat.completions.create', named: ['model', 'messages', 'stream'] },
  responses: { ...openai, call: 'responses.create', named: ['model', 'input', 'stream'] },
  completions: { ...openai, call: 'completions.create', named: ['model', 'prompt', 'stream'] },
  messages: { ...anthropic, call: 'messages.create', named: ['model', 'max_tokens', 'messages', 'stream'] },
};

/** A call of `openai` or `anthropic` in Python. */
function sdkPython(library, { root, body, headers }) {
  const { named, call, name, base, python } = library;
  const rest = Object.fromEntries(Object.entries(body).filter(([field]) => !named.includes(field)));
  const given = named.filter((field) => field in body).map((field) => [field, toPython(body[field], '    ')]);
  if (Object.keys(headers).length > 0) given.push(['extra_headers', toPython(headers, '    ')]);
  if (Object.keys(rest).length > 0) given.push(['extra_body', toPython(rest, '    ')]);
  const lines = given.map(([field, value]) => `    ${field}=${value},\n`);
  const client = `client = ${name}(base_url=${JSON.stringify(root + base)}, api_key=os.environ["${keyName}"])`;
  const read = body.stream
    ? 'for event in answer:\n    print(event.model_dump_json())'
    : 'print(answer.model_dump_json(indent=2))';
  return `import os\n${python}\n\n${client}\nanswer = client.${call}(\n${lines.join('')})\n${read}\n`;
}

/** A call of `openai` or `@anthropic-ai/sdk` in JavaScript. */
function sdkJs({ call, name, base, js }, { root, body, headers }) {
  const client = `const client = new ${name}({ baseURL: ${JSON.stringify(root + base)}, apiKey: process.env.${keyName} });`;
  const options = Object.keys(headers).length > 0 ? `, { headers: ${toJs(headers)} }` : '';
  return `${js}\n\n${client}\nconst answer = await client.${call}(${toJs(body)}${options});\n${readJs(body.stream)}`;
}

const readJs = (isStream) =>
  isStream
    ? 'for await (const event of answer) console.log(JSON.stringify(event));\n'
    : 'console.log(JSON.stringify(answer, null, 2));\n';

function ollamaPython({ root, body }) {
  const client = `client = Client(\n    host=${JSON.stringify(root)},\n    headers={"authorization": f"Bearer {os.environ['${keyName}']}"},\n)`;
  const read = body.stream
    ? 'for part in answer:\n    print(part.model_dump_json())'
    : 'print(answer.model_dump_json(indent=2))';
  return `import os\nfrom ollama import Client\n\n${client}\nanswer = client.chat(**${toPython(body)})\n${read}\n`;
}

function ollamaJs({ root, body }) {
  const client = `const client = new Ollama({
  host: ${JSON.stringify(root)},
  headers: { authorization: \`Bearer \${process.env.${keyName}}\` },
});`;
  return `import { Ollama } from 'ollama';\n\n${client}\nconst answer = await client.chat(${toJs(body)});\n${readJs(body.stream)}`;
}

function curl({ root, path, body, headers }) {
  const lines = [
    `curl ${body.stream ? '-N ' : ''}${quote(root + path)}`,
    `-H "authorization: Bearer $${keyName}"`,
    "-H 'content-type: application/json'",
    ...Object.entries(headers).map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    `-d ${quote(JSON.stringify(body))}`,
  ];
  return lines.join(' \\\n  ');
}

/** The languages in which a request of an API can be written. @param {string} [api] absent: of none that libraries speak */
export function languagesOf(api) {
  const languages = [['curl', 'curl']];
  if (api) languages.push(['python', 'Python'], ['js', 'JavaScript']);
  return languages;
}

/**
 * @param {'curl' | 'python' | 'js'} language
 * @param {{ api?: string, root: string, path: string, body: object, headers: Record<string, string> }} request
 */
export function writeRequest(language, request) {
  if (language === 'curl') return curl(request);
  if (request.api === 'ollama') {
    // Ollama streams unless it is told not to; its libraries do not.
    const body = { ...request.body, stream: request.body.stream !== false };
    return language === 'python' ? ollamaPython({ ...request, body }) : ollamaJs({ ...request, body });
  }
  const library = libraries[request.api];
  return language === 'python' ? sdkPython(library, request) : sdkJs(library, request);
}
