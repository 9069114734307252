/** Every JavaScript client in front of every provider: an answer, a stream, a whole loop with a tool, structured output. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import Anthropic from '@anthropic-ai/sdk';
import { type AIMessageChunk, HumanMessage, type ToolMessage } from '@langchain/core/messages';
import { tool as langChainTool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, tool as agentTool, OpenAIChatCompletionsModel, OpenAIResponsesModel, Runner } from '@openai/agents';
import { tool as aiTool, generateText, type LanguageModel, Output, stepCountIs, streamText } from 'ai';
import { type Message, Ollama } from 'ollama';
import type { OpenAI } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import {
  openProvider,
  type ProviderName,
  providerNames,
  readToolTurns,
  upstreamPaths,
} from '../support/every-provider.ts';
import type { Harness } from '../support/index.ts';
import { collect } from './collect.ts';

const question = 'What is the weather in Oslo?';
const toolName = 'weather';
const description = 'The weather of a city.';
const City = z.object({ city: z.string() });
const citySchema = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const Person = z.object({ name: z.string(), age: z.number() });

/** What the tool does with the arguments that the client read. */
function lookUp(args: unknown): string {
  return `sunny in ${City.parse(args).city}`;
}

interface Client {
  plain(): Promise<string>;
  /** The pieces of the text. */
  stream(): Promise<string[]>;
  /** Streams the answer to `question`, runs the tool that it calls, and streams the last answer: its text. */
  loop(): Promise<string>;
  structured?(): Promise<unknown>;
}

type Connect = (h: Harness, model: string) => Client;

function connectAgents(
  toModel: (h: Harness, model: string) => OpenAIChatCompletionsModel | OpenAIResponsesModel,
): Connect {
  return (h, model) => {
    const execute = async (args: z.infer<typeof City>) => lookUp(args);
    const weather = agentTool({ name: toolName, description, parameters: City, execute });
    const settings = { name: 'Helper', instructions: 'Be brief.', model: toModel(h, model) };
    const runner = new Runner({ tracingDisabled: true });
    const stream = async (agent: Agent, prompt: string) => {
      const result = await runner.run(agent, prompt, { stream: true });
      const pieces = (await collect(result.toTextStream())).map(String);
      await result.completed;
      return pieces;
    };
    return {
      plain: async () => String((await runner.run(new Agent(settings), 'Hello')).finalOutput),
      stream: () => stream(new Agent(settings), 'Hello'),
      loop: async () => (await stream(new Agent({ ...settings, tools: [weather] }), question)).join(''),
      structured: async () => (await runner.run(new Agent({ ...settings, outputType: Person }), 'Who?')).finalOutput,
    };
  };
}

function connectLangChain(useResponsesApi: boolean): Connect {
  return ({ url }, model) => {
    const llm = new ChatOpenAI({
      ...{ model, apiKey: 'none', useResponsesApi, maxRetries: 0 },
      configuration: { baseURL: `${url}/v1` },
    });
    const join = (chunks: AIMessageChunk[]) => chunks.reduce((sum, chunk) => sum.concat(chunk));
    const weather = langChainTool(lookUp, { name: toolName, description, schema: City });
    return {
      plain: async () => (await llm.invoke('Hello')).text,
      stream: async () => (await collect(await llm.stream('Hello'))).map(({ text }) => text),
      async loop() {
        const bound = llm.bindTools([weather]);
        const asked = new HumanMessage(question);
        const called = join(await collect(await bound.stream([asked])));
        const results = await Promise.all(
          called.tool_calls!.map(async (call) => (await weather.invoke(call)) as ToolMessage),
        );
        return join(await collect(await bound.stream([asked, called, ...results]))).text;
      },
      structured: () => llm.withStructuredOutput(Person, { name: 'person', method: 'jsonSchema' }).invoke('Who?'),
    };
  };
}

function connectAiSdk(toModel: (h: Harness, model: string) => LanguageModel): Connect {
  return (h, id) => {
    const settings = { model: toModel(h, id), maxRetries: 0 };
    const weather = aiTool({ description, inputSchema: City, execute: async (args) => lookUp(args) });
    return {
      plain: async () => (await generateText({ ...settings, prompt: 'Hello' })).text,
      stream: async () => collect(streamText({ ...settings, prompt: 'Hello' }).textStream),
      async loop() {
        const looped = streamText({ ...settings, prompt: question, tools: { weather }, stopWhen: stepCountIs(3) });
        return (await collect(looped.textStream)).join('');
      },
      structured: async () =>
        streamText({ ...settings, prompt: 'Who?', output: Output.object({ schema: Person }) }).output,
    };
  };
}

const clients: Record<string, Connect> = {
  'openai, chat': ({ client }, model) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'Hello' }];
    const parameters = citySchema;
    const tools: OpenAI.ChatCompletionTool[] = [
      { type: 'function', function: { name: toolName, description, parameters, strict: true } },
    ];
    return {
      plain: async () => (await client.chat.completions.create({ model, messages })).choices[0]!.message.content!,
      async stream() {
        const chunks = await collect(await client.chat.completions.create({ model, messages, stream: true }));
        return chunks.map(({ choices }) => choices[0]?.delta.content ?? '');
      },
      async loop() {
        const turn: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: question }];
        const ask = async () => {
          const { choices } = await client.chat.completions
            .stream({ model, messages: turn, tools })
            .finalChatCompletion();
          return choices[0]!;
        };
        const { message, finish_reason } = await ask();
        assert.equal(finish_reason, 'tool_calls');
        turn.push(message);
        for (const call of message.tool_calls!) {
          assert.ok(call.type === 'function');
          const content = lookUp(JSON.parse(call.function.arguments));
          turn.push({ role: 'tool', tool_call_id: call.id, content });
        }
        return (await ask()).message.content!;
      },
      async structured() {
        const response_format = zodResponseFormat(Person, 'person');
        const { choices } = await client.chat.completions.parse({ model, messages, response_format });
        return choices[0]!.message.parsed;
      },
    };
  },

  'openai, responses': ({ client }, model) => ({
    plain: async () => (await client.responses.create({ model, input: 'Hello' })).output_text,
    async stream() {
      const events = await collect(await client.responses.create({ model, input: 'Hello', stream: true }));
      return events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''));
    },
    async loop() {
      const tools = [{ type: 'function' as const, name: toolName, description, parameters: citySchema, strict: true }];
      const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: question }];
      const ask = () => client.responses.stream({ model, input, tools, store: false }).finalResponse();
      const { output } = await ask();
      for (const item of output) {
        input.push(item as OpenAI.Responses.ResponseInputItem);
        if (item.type !== 'function_call') continue;
        const result = lookUp(JSON.parse(item.arguments));
        input.push({ type: 'function_call_output', call_id: item.call_id, output: result });
      }
      return (await ask()).output_text;
    },
    async structured() {
      const format = zodTextFormat(Person, 'person');
      return (await client.responses.parse({ model, input: 'Who?', text: { format } })).output_parsed;
    },
  }),

  '@openai/agents, chat': connectAgents((h, model) => new OpenAIChatCompletionsModel(h.client as never, model)),
  '@openai/agents, responses': connectAgents((h, model) => new OpenAIResponsesModel(h.client as never, model)),
  '@langchain/openai, chat': connectLangChain(false),
  '@langchain/openai, responses': connectLangChain(true),
  '@ai-sdk/openai, chat': connectAiSdk(({ url }, model) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' }).chat(model),
  ),
  '@ai-sdk/openai, responses': connectAiSdk(({ url }, model) =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' }).responses(model),
  ),
  '@ai-sdk/openai-compatible': connectAiSdk(({ url }, model) =>
    createOpenAICompatible({
      ...{ name: 'opencompat', baseURL: `${url}/v1` },
      ...{ includeUsage: true, supportsStructuredOutputs: true },
    })(model),
  ),
  '@ai-sdk/anthropic': connectAiSdk(({ url }, model) =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: 'none' })(model),
  ),

  '@anthropic-ai/sdk': ({ url }, model) => {
    const client = new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: 0 });
    const hello = { model, max_tokens: 1024, messages: [{ role: 'user' as const, content: 'Hello' }] };
    const textOf = ({ content }: Anthropic.Message) =>
      content.map((block) => (block.type === 'text' ? block.text : '')).join('');
    return {
      plain: async () => textOf(await client.messages.create(hello)),
      async stream() {
        const pieces: string[] = [];
        await client.messages
          .stream(hello)
          .on('text', (piece) => void pieces.push(piece))
          .finalMessage();
        return pieces;
      },
      async loop() {
        const tools = [{ name: toolName, description, input_schema: citySchema }];
        const messages: Anthropic.MessageParam[] = [{ role: 'user', content: question }];
        const ask = () => client.messages.stream({ ...hello, messages, tools }).finalMessage();
        const { content, stop_reason } = await ask();
        assert.equal(stop_reason, 'tool_use');
        const results = content.flatMap((block): Anthropic.ToolResultBlockParam[] =>
          block.type === 'tool_use'
            ? [{ type: 'tool_result', tool_use_id: block.id, content: lookUp(block.input) }]
            : [],
        );
        messages.push({ role: 'assistant', content }, { role: 'user', content: results });
        return textOf(await ask());
      },
    };
  },

  ollama: ({ url }, model) => {
    const ollama = new Ollama({ host: url });
    const messages: Message[] = [{ role: 'user', content: 'Hello' }];
    const tools = [{ type: 'function', function: { name: toolName, description, parameters: citySchema } }];
    return {
      plain: async () => (await ollama.chat({ model, messages })).message.content,
      async stream() {
        const parts = await collect(await ollama.chat({ model, messages, stream: true }));
        return parts.map(({ message }) => message.content);
      },
      async loop() {
        const turn: Message[] = [{ role: 'user', content: question }];
        const ask = async () => collect(await ollama.chat({ model, messages: turn, tools, stream: true }));
        for (const { message } of await ask()) {
          if (!message.tool_calls) continue;
          turn.push(message);
          for (const { function: call } of message.tool_calls) {
            turn.push({ role: 'tool', tool_name: call.name, content: lookUp(call.arguments) });
          }
        }
        return (await ask()).map(({ message }) => message.content).join('');
      },
      async structured() {
        const { message } = await ollama.chat({ model, messages, format: z.toJSONSchema(Person) });
        return JSON.parse(message.content);
      },
    };
  },
};

/** The demo answers by itself. */
const isDemo = (provider: ProviderName) => upstreamPaths[provider] === undefined;

const plainText = 'A plain answer.';
const person = { name: 'Ada', age: 36 };

for (const provider of providerNames) {
  for (const [name, connect] of Object.entries(clients)) {
    test(`${name} in front of ${provider}`, async (t) => {
      const { harness, model, script, requests } = await openProvider(t, provider);
      const client = connect(harness, model);
      const checkText = (text: string, scripted: string, demo: RegExp) =>
        isDemo(provider) ? assert.match(text, demo) : assert.equal(text, scripted);

      script(plainText, 'plain');
      checkText(await client.plain(), plainText, /You said: Hello/);
      script(plainText, 'stream');
      const pieces = (await client.stream()).filter((piece) => piece !== '');
      checkText(pieces.join(''), plainText, /You said: Hello/);
      assert.ok(pieces.length > 1, 'it comes in pieces');

      script([{ call: toolName, arguments: { city: 'Oslo' }, callId: 'call_oslo' }], 'call');
      script('Sunny.', 'last');
      checkText(await client.loop(), 'Sunny.', /The tools answered\. weather: sunny in Oslo/);
      if (!isDemo(provider)) {
        const { calls, results } = readToolTurns(requests.at(-1)!);
        assert.deepEqual(
          calls.map(({ id: _, ...call }) => call),
          [{ name: toolName, arguments: { city: 'Oslo' } }],
        );
        assert.deepEqual(results, [{ id: calls[0]!.id, text: 'sunny in Oslo' }]);
        // Ollama's messages name no call.
        if (name !== 'ollama') assert.equal(calls[0]!.id, 'call_oslo');
      }

      if (client.structured) {
        script(JSON.stringify(person), 'structured');
        const structured = await client.structured();
        if (isDemo(provider)) Person.parse(structured);
        else assert.deepEqual(structured, person);
      }
      const statuses = isDemo(provider) ? [] : client.structured ? [200, 200, 200, 200, 200] : [200, 200, 200, 200];
      assert.deepEqual(
        requests.map(({ path, status }) => [path, status]),
        statuses.map((status) => [upstreamPaths[provider], status]),
      );
    });
  }

  test(`openai, completions, in front of ${provider}`, async (t) => {
    const { harness, model, script, requests } = await openProvider(t, provider);
    const { completions } = harness.client;
    const check = (text: string) =>
      isDemo(provider) ? assert.match(text, /You said: Once/) : assert.equal(text, plainText);
    script(plainText, 'plain');
    check((await completions.create({ model, prompt: 'Once' })).choices[0]!.text);
    script(plainText, 'stream');
    const chunks = await collect(await completions.create({ model, prompt: 'Once', stream: true }));
    check(chunks.map(({ choices }) => choices[0]?.text ?? '').join(''));
    for (const { path, status } of requests) assert.deepEqual([path, status], [upstreamPaths[provider], 200]);
  });

  test(`openai, embeddings, in front of ${provider}`, async (t) => {
    const { harness, model, embeddingsModel } = await openProvider(t, provider);
    const { embeddings } = harness.client;
    // Any model of the other two gives vectors.
    if (provider === 'chatgpt' || provider.startsWith('copilot')) {
      await assert.rejects(embeddings.create({ model, input: 'One' }), { status: 400, message: /embeddings/ });
    }
    if (embeddingsModel === undefined) return;
    const { data } = await embeddings.create({ model: embeddingsModel, input: ['One', 'Two'] });
    assert.deepEqual(
      data.map(({ index, embedding }) => [index, embedding.length > 2]),
      [
        [0, true],
        [1, true],
      ],
    );
  });
}
