/** Maps names to a form that backends of OpenAI's APIs take (at most 64 of `A-Z a-z 0-9 _ -`), and back. */
import { createHash } from 'node:crypto';
import type { CanonicalEvent, CanonicalOutputItem, CanonicalRequest } from '../canonical/types.ts';
import type { Json } from '../lenient-json.ts';

const maxNameCharacters = 64;
const acceptedName = /^[A-Za-z0-9_-]{1,64}$/;
const hashCharacters = 10;

/** The same for the same text on every request, so that prompt caches keep hitting. */
function withHash(text: string, hashed: string): string {
  const hash = createHash('sha256').update(hashed).digest('hex').slice(0, hashCharacters);
  return `${text.slice(0, maxNameCharacters - 1 - hashCharacters)}_${hash}`;
}

/** A name that is never mapped back: no answer shows it. */
export function toAcceptedName(name: string): string {
  if (acceptedName.test(name)) return name;
  // Of a name of megabytes, nothing but the hash is made of the rest.
  const beginning = name.slice(0, maxNameCharacters);
  return withHash(beginning.replace(/[^A-Za-z0-9_-]/g, '_'), name);
}

/** Ids only have to be short enough, and the same wherever they occur. */
export function toAcceptedId(id: string): string {
  return id.length <= maxNameCharacters ? id : withHash(id, id);
}

/** The tool names of one request, in the client's spelling and in the backend's. Injective. */
export interface ToolNames {
  toBackend(name: string): string;
  /** Puts the client's names back into an event; undefined when all names went through unchanged. */
  readonly restoreEvent?: (event: CanonicalEvent) => CanonicalEvent;
}

export function mapToolNames(names: ReadonlySet<string>): ToolNames {
  const toBackend = new Map<string, string>();
  const toClient = new Map<string, string>();
  /** By mapped name: the number that tells the next one apart. */
  const numbers = new Map<string, number>();
  for (const name of names) {
    if (acceptedName.test(name)) continue;
    let mapped = toAcceptedName(name);
    // Two names may collide only when a client knows the hash. Numbers keep even those apart, in as many steps as there are
    // names: none is tried twice, and what is hashed again is short.
    const collided = mapped;
    let number = numbers.get(collided) ?? 2;
    for (; names.has(mapped) || toClient.has(mapped); number += 1) mapped = withHash(collided, `${collided} ${number}`);
    numbers.set(collided, number);
    toBackend.set(name, mapped);
    toClient.set(mapped, name);
  }
  if (toBackend.size === 0) return { toBackend: (name) => name };

  function restoreItem(item: CanonicalOutputItem): CanonicalOutputItem {
    if (item.type !== 'function_call' && item.type !== 'custom_tool_call') return item;
    const name = toClient.get(item.name);
    return name === undefined ? item : { ...item, name };
  }

  /** Newer backends repeat the name at the end of the arguments. */
  function restoreName<E extends object>(event: E & { name?: string }): E {
    const name = toClient.get(event.name ?? '');
    return name === undefined ? event : { ...event, name };
  }

  return {
    toBackend: (name) => toBackend.get(name) ?? name,
    restoreEvent(event) {
      switch (event.type) {
        case 'response.output_item.added':
        case 'response.output_item.done':
          return { ...event, item: restoreItem(event.item) };
        case 'response.function_call_arguments.done':
          return restoreName(event);
        case 'response.completed':
        case 'response.incomplete':
          return { ...event, response: { ...event.response, output: event.response.output.map(restoreItem) } };
        default:
          return event;
      }
    },
  };
}

/** All tools that a request names: those that it offers, and those that were called earlier. */
export function collectToolNames({ tools = [], input }: CanonicalRequest): Set<string> {
  const names = new Set<string>();
  const add = ({ type, name, tools: nested }: Json) => {
    if (typeof name === 'string' && type !== 'namespace') names.add(name);
    if (Array.isArray(nested)) for (const tool of nested) add(tool);
  };
  for (const tool of tools) add(tool as unknown as Json);
  for (const item of input as unknown as Json[]) {
    if (item.type === 'function_call' || item.type === 'custom_tool_call') add(item);
  }
  return names;
}

/** The request with the backend's spelling of all tool names; the same one when they all go through unchanged. */
export function renameTools(request: CanonicalRequest, names: ToolNames): CanonicalRequest {
  if (!names.restoreEvent) return request;
  const rename = <T>(value: T): T => {
    const { type, name, tools } = value as Json;
    const isNamed = typeof name === 'string' && (type === undefined || namedTypes.has(type));
    return {
      ...value,
      ...(isNamed && { name: names.toBackend(name) }),
      ...(Array.isArray(tools) && { tools: tools.map(rename) }),
    };
  };
  const { tools, tool_choice: choice, input } = request;
  return {
    ...request,
    input: input.map(rename),
    ...(tools && { tools: tools.map(rename) }),
    ...(typeof choice === 'object' && choice !== null && { tool_choice: rename(choice) }),
  };
}

/** Types of tools, choices and items whose `name` is a tool's. */
const namedTypes: ReadonlySet<unknown> = new Set(['function', 'custom', 'function_call', 'custom_tool_call']);

type Restore = ToolNames['restoreEvent'];

/** One after the other. Calls are told by the names that the backend has, so those are put back last. */
export function inTurn(first: Restore, second: Restore): Restore {
  return first && second ? (event) => second(first(event)) : (first ?? second);
}
