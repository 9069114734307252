/** Every text of a request that a model may get to see: read, and changed in place. */
import type { Json } from '../lenient-json.ts';
import { ToolArguments } from '../tool-arguments.ts';
import type { CanonicalRequest } from './types.ts';

/**
 * What a text is. `tool-arguments`: what a model called a tool with (JSON is taken apart into its texts). `tool-output`: what the
 * tool gave. `reasoning`: what a model thought in an earlier turn. `item`: of any other item of the conversation, such as a search.
 * `tool`: the description of a tool. `parameter`: of a parameter, such as the prediction, `stop`, the format's schema or a field
 * that the API does not document.
 */
export type TextKind =
  | 'instructions'
  | 'message'
  | 'reasoning'
  | 'tool-arguments'
  | 'tool-output'
  | 'item'
  | 'embedding'
  | 'tool'
  | 'parameter';

export interface RequestText {
  readonly text: string;
  readonly kind: TextKind;
  /** Of a message: `user`, `assistant`, `system`, `developer`. */
  readonly role?: string;
}

/** @returns the text that takes its place */
export type MapText = (text: string, place: RequestText) => string;

type Visit = (text: string) => string;
type Visitor = (kind: TextKind, role?: string) => Visit;

const ownField = { configurable: true, enumerable: true, writable: true } as const;

const noKeys: ReadonlySet<string> = new Set();
/** Values under these keys name or hold something else than text. */
const notTexts: ReadonlySet<string> = new Set([
  'call_id',
  'content_type',
  'detail',
  'encrypted_content',
  'execution',
  'file_data',
  'file_id',
  'format',
  'id',
  'image_url',
  'input_audio',
  'namespace',
  'phase',
  'role',
  'server_label',
  'status',
  'type',
]);

const kinds: Readonly<Record<string, TextKind>> = {
  reasoning: 'reasoning',
  function_call: 'tool-arguments',
  custom_tool_call: 'tool-arguments',
  mcp_call: 'tool-arguments',
  function_call_output: 'tool-output',
  custom_tool_call_output: 'tool-output',
  local_shell_call_output: 'tool-output',
  shell_call_output: 'tool-output',
  apply_patch_call_output: 'tool-output',
  tool_search_output: 'tool',
};

/** Parameters whose value is text through and through. */
const textParams = ['prediction', 'stop', 'metadata', 'extra'] as const satisfies (keyof CanonicalRequest)[];

/**
 * Puts `map`'s text in the place of each text of the request. Items that change are copied: stored conversations and the client's
 * body stay as they are. Tokens that came as numbers (embeddings) are no text; see `hasTokenInput`.
 * @throws OpenCompatError OC_UNSUPPORTED_VALUE for arguments of calls that are too many, or nested too deep
 */
export function mapRequestTexts(request: CanonicalRequest, map: MapText): void {
  const visitor: Visitor = (kind, role) => (text) => map(text, { text, kind, ...(role !== undefined && { role }) });
  if (request.instructions) request.instructions = visitor('instructions')(request.instructions);
  request.input = mapItems(request.input, visitor);
  if (request.moreInputs) request.moreInputs = request.moreInputs.map((input) => mapItems(input, visitor));
  if (request.embeddings) {
    request.embeddings = { ...request.embeddings, input: mapEmbeddings(request.embeddings.input, visitor) };
  }
  if (request.tools) request.tools = mapDescriptions(request.tools, visitor('tool'));
  const parameter = visitor('parameter');
  if (request.prompt) request.prompt = mapValue(request.prompt, parameter) as typeof request.prompt;
  if (request.text) request.text = mapDescriptions(request.text, parameter);
  for (const name of textParams) {
    const value = request[name];
    if (value) Object.assign(request, { [name]: mapAll(value, parameter) });
  }
}

/** In order. */
export function readRequestTexts(request: CanonicalRequest): RequestText[] {
  const texts: RequestText[] = [];
  mapRequestTexts({ ...request }, (text, place) => {
    texts.push(place);
    return text;
  });
  return texts;
}

/** Does the request hold text as the numbers of tokens, which nobody here can read? */
export function hasTokenInput({ embeddings }: CanonicalRequest): boolean {
  return embeddings?.input.some((item) => typeof item !== 'string') ?? false;
}

function mapEmbeddings(input: string[] | number[][], visitor: Visitor): string[] | number[][] {
  return mapList(input as (string | number[])[], (item) =>
    typeof item === 'string' ? visitor('embedding')(item) : item,
  ) as string[] | number[][];
}

function mapItems(items: CanonicalRequest['input'], visitor: Visitor): CanonicalRequest['input'] {
  const texts = new ToolArguments();
  return mapList(items as unknown as Json[], (item) => {
    const { type = 'message', role } = item;
    const isMessage = type === 'message';
    const kind = isMessage ? 'message' : (kinds[String(type)] ?? 'item');
    const visit = visitor(kind, isMessage ? String(role ?? '') : undefined);
    // The name of a called tool has to stay the tool's own.
    return mapFields(item, (value, key) => {
      if (key === 'name' || notTexts.has(key)) return value;
      return key === 'arguments' && typeof value === 'string'
        ? mapArguments(texts, value, visit)
        : mapValue(value, visit);
    });
  }) as unknown as CanonicalRequest['input'];
}

/** The texts inside, so that no escape hides one; text that is no JSON as it is. */
function mapArguments(texts: ToolArguments, json: string, visit: Visit): string {
  const value = texts.parse(json, 'input');
  if (typeof value !== 'object' || value === null) return visit(json);
  const mapped = mapAll(value, visit);
  return mapped === value ? json : JSON.stringify(mapped);
}

/** A part of the API's own form, in which some keys never hold text. */
function mapValue(value: unknown, visit: Visit): unknown {
  return mapAll(value, visit, notTexts);
}

/** @param skipped keys whose values stay */
function mapAll(value: unknown, visit: Visit, skipped: ReadonlySet<string> = noKeys): unknown {
  if (typeof value === 'string') return visit(value);
  if (Array.isArray(value)) return mapList(value, (element) => mapAll(element, visit, skipped));
  if (typeof value !== 'object' || value === null) return value;
  return mapFields(value as Json, (inner, key) => (skipped.has(key) ? inner : mapAll(inner, visit, skipped)));
}

/** A tool or a schema: what it says in words, at any depth. */
function mapDescriptions<T>(value: T, visit: Visit): T {
  if (Array.isArray(value)) return mapList(value, (element) => mapDescriptions(element, visit)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return mapFields(value as Json, (inner, key) =>
    key === 'description' && typeof inner === 'string' ? visit(inner) : mapDescriptions(inner, visit),
  ) as T;
}

/** The same list where no element changes. */
function mapList<L extends readonly unknown[]>(list: L, change: (element: L[number]) => unknown): L {
  const mapped = list.map(change);
  return mapped.every((element, index) => element === list[index]) ? list : (mapped as unknown as L);
}

/** The same object where no field changes. */
function mapFields(object: Json, change: (value: unknown, key: string) => unknown): Json {
  let changed: Json | undefined;
  for (const [key, value] of Object.entries(object)) {
    const next = change(value, key);
    if (next === value) continue;
    changed ??= { ...object };
    // A plain assignment of `__proto__` would set no field.
    Object.defineProperty(changed, key, { ...ownField, value: next });
  }
  return changed ?? object;
}
