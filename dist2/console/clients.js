/**
 * The lines that connect each client. A client takes `root`, the server's address, or `openai`, the same with `/v1`, and the names of
 * its own settings; where they were found stands beside those that are easily mistaken.
 */

/** @typedef {{ root: string, openai: string, key: string, model: string }} Facts */
/** @typedef {{ label: string, write: (facts: Facts) => string }} Snippet */
/** @typedef {{ name: string, kind: string, hint?: string, snippets: readonly Snippet[] }} Client */

const json = (value) => JSON.stringify(value, null, 2);
const shell = (lines) => lines.join('\n');

/** @type {readonly Client[]} */
export const clients = [
  {
    name: 'OpenAI SDK, Python',
    kind: 'Libraries',
    snippets: [
      {
        label: 'Python',
        write: ({ openai, key, model }) => `from openai import OpenAI

client = OpenAI(base_url="${openai}", api_key="${key}")
stream = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "Hello"}],
    stream=True,
)
for chunk in stream:
    print(chunk.choices[0].delta.content or "", end="")`,
      },
      {
        label: 'Or by its environment variables',
        write: ({ openai, key }) => shell([`export OPENAI_BASE_URL=${openai}`, `export OPENAI_API_KEY=${key}`]),
      },
    ],
  },
  {
    name: 'OpenAI SDK, JavaScript',
    kind: 'Libraries',
    snippets: [
      {
        label: 'JavaScript',
        write: ({ openai, key, model }) => `import OpenAI from 'openai';

const client = new OpenAI({ baseURL: '${openai}', apiKey: '${key}' });
const stream = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: 'Hello' }],
  stream: true,
});
for await (const chunk of stream) process.stdout.write(chunk.choices[0]?.delta.content ?? '');`,
      },
    ],
  },
  {
    name: 'Anthropic SDK, Python',
    kind: 'Libraries',
    hint: 'The base URL has no `/v1`.',
    snippets: [
      {
        label: 'Python',
        write: ({ root, key, model }) => `from anthropic import Anthropic

client = Anthropic(base_url="${root}", api_key="${key}")
message = client.messages.create(
    model="${model}",
    max_tokens=1024,
    messages=[{"role": "user", "content": "Hello"}],
)`,
      },
    ],
  },
  {
    name: 'Vercel AI SDK',
    kind: 'Libraries',
    snippets: [
      {
        label: 'JavaScript',
        write: ({ openai, key, model }) => `import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateText } from 'ai';

const opencompat = createOpenAICompatible({ name: 'opencompat', baseURL: '${openai}', apiKey: '${key}' });
const { text } = await generateText({ model: opencompat('${model}'), prompt: 'Hello' });`,
      },
    ],
  },
  {
    name: 'LangChain',
    kind: 'Libraries',
    snippets: [
      {
        label: 'Python',
        write: ({ openai, key, model }) => `from langchain_openai import ChatOpenAI

# For a base URL of one's own it asks for no usage unless told.
llm = ChatOpenAI(base_url="${openai}", api_key="${key}", model="${model}", stream_usage=True)`,
      },
      {
        label: 'JavaScript',
        write: ({ openai, key, model }) => `import { ChatOpenAI } from '@langchain/openai';

const llm = new ChatOpenAI({ model: '${model}', apiKey: '${key}', configuration: { baseURL: '${openai}' } });`,
      },
    ],
  },
  {
    name: 'LlamaIndex',
    kind: 'Libraries',
    snippets: [
      {
        label: 'Python',
        write: ({ openai, key, model }) => `from llama_index.llms.openai_like import OpenAILike

llm = OpenAILike(
    api_base="${openai}",
    api_key="${key}",
    model="${model}",
    is_chat_model=True,
    is_function_calling_model=True,
)`,
      },
    ],
  },
  {
    name: 'Claude Code',
    kind: 'Agents',
    hint: 'The base URL has no `/v1`. Leave `ANTHROPIC_API_KEY` unset: with both, Claude Code sends both.',
    snippets: [
      {
        label: 'Shell',
        write: ({ root, key, model }) =>
          shell([
            `export ANTHROPIC_BASE_URL=${root}`,
            `export ANTHROPIC_AUTH_TOKEN=${key}`,
            `export ANTHROPIC_MODEL=${model}`,
            'claude',
          ]),
      },
      {
        label: '~/.claude/settings.json',
        write: ({ root, key, model }) =>
          json({ env: { ANTHROPIC_BASE_URL: root, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_MODEL: model } }),
      },
    ],
  },
  {
    name: 'Codex CLI',
    kind: 'Agents',
    snippets: [
      {
        label: '~/.codex/config.toml',
        write: ({ openai, model }) => `model = "${model}"
model_provider = "opencompat"

[model_providers.opencompat]
name = "OpenCompat"
base_url = "${openai}"
env_key = "OPENCOMPAT_KEY"
wire_api = "responses"
supports_websockets = true`,
      },
      { label: 'Shell', write: ({ key }) => shell([`export OPENCOMPAT_KEY=${key}`, 'codex']) },
    ],
  },
  {
    name: 'opencode',
    kind: 'Agents',
    snippets: [
      {
        label: 'opencode.json',
        write: ({ openai, key, model }) =>
          json({
            $schema: 'https://opencode.ai/config.json',
            provider: {
              opencompat: {
                npm: '@ai-sdk/openai-compatible',
                name: 'OpenCompat',
                options: { baseURL: openai, apiKey: key },
                models: { [model]: {} },
              },
            },
            model: `opencompat/${model}`,
          }),
      },
    ],
  },
  {
    name: 'Aider',
    kind: 'Agents',
    snippets: [
      {
        label: 'Shell',
        write: ({ openai, key, model }) =>
          shell([`export OPENAI_API_BASE=${openai}`, `export OPENAI_API_KEY=${key}`, `aider --model openai/${model}`]),
      },
    ],
  },
  {
    name: 'Open WebUI',
    kind: 'Chat',
    hint: 'Or in its pages: Admin Settings → Connections → Ollama API, with the address, and the key in the connection’s key field. From a container, `localhost` is the container: use the name of this machine.',
    snippets: [
      {
        label: 'Environment, as an OpenAI connection',
        write: ({ openai, key }) => shell([`OPENAI_API_BASE_URL=${openai}`, `OPENAI_API_KEY=${key}`]),
      },
    ],
  },
  {
    name: 'Ollama clients',
    kind: 'Chat',
    hint: 'Any program that asks for “the URL of Ollama” takes the address without `/v1`.',
    snippets: [
      {
        label: 'Python',
        write: ({ root, key, model }) => `from ollama import Client

client = Client(host="${root}", headers={"Authorization": "Bearer ${key}"})
answer = client.chat("${model}", [{"role": "user", "content": "Hello"}])
print(answer.message.content)`,
      },
      {
        label: 'Environment of the ollama command',
        write: ({ root }) => `export OLLAMA_HOST=${root}`,
      },
    ],
  },
  {
    name: 'Cursor',
    kind: 'Editors',
    hint: 'Settings → Models → API Keys: paste the key as OpenAI API Key, switch Override OpenAI Base URL on, add the model by its name. Cursor’s own servers call the address: it must be reachable from the internet by HTTPS, which `localhost` never is.',
    snippets: [
      { label: 'Override OpenAI Base URL', write: ({ openai }) => openai },
      { label: 'OpenAI API Key', write: ({ key }) => key },
      { label: 'Model to add', write: ({ model }) => model },
    ],
  },
  {
    name: 'Continue',
    kind: 'Editors',
    snippets: [
      {
        label: '~/.continue/config.yaml',
        write: ({ openai, key, model }) => `name: OpenCompat
version: 0.0.1
schema: v1
models:
  - name: ${model}
    provider: openai
    model: ${model}
    apiBase: ${openai}
    apiKey: ${key}
    roles: [chat, edit, apply]`,
      },
    ],
  },
  {
    name: 'Zed',
    kind: 'Editors',
    hint: 'Zed keeps the key out of its settings: it takes it from the variable, or in Agent Settings → LLM Providers. `max_tokens` is the length of the model’s context.',
    snippets: [
      {
        label: 'settings.json',
        write: ({ openai, model }) =>
          json({
            language_models: {
              openai_compatible: {
                OpenCompat: {
                  api_url: openai,
                  available_models: [{ name: model, display_name: model, max_tokens: 200000 }],
                },
              },
            },
          }),
      },
      { label: 'Shell that starts Zed', write: ({ key }) => shell([`export OPENCOMPAT_API_KEY=${key}`, 'zed']) },
    ],
  },
  {
    name: 'VS Code (Copilot Chat)',
    kind: 'Editors',
    hint: 'Manage Models → Ollama, with this address as its URL. It sends no key, so the server must ask for none there.',
    snippets: [{ label: 'Address', write: ({ root }) => root }],
  },
  {
    name: 'Anything else',
    kind: 'Other',
    hint: 'Whatever asks for an OpenAI base URL, an Anthropic base URL or the address of Ollama works.',
    snippets: [
      { label: 'Base URL of OpenAI’s API', write: ({ openai }) => openai },
      { label: 'Base URL of Anthropic’s API, and of Ollama', write: ({ root }) => root },
      { label: 'API key', write: ({ key }) => key },
    ],
  },
];
