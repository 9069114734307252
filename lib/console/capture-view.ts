/** One capture as the console shows it: its way side by side, what was changed, its time. Bounded, whatever the size of its file. */
import { asObject, parseLeniently } from '../lenient-json.ts';
import { type DiffLine, diffLines } from '../line-diff.ts';
import {
  bytesOf,
  type CapturedBytes,
  type CapturedError,
  type CapturedHeaders,
  type CapturedModel,
  type CaptureLine,
  type LineOf,
} from '../recorder/capture.ts';
import { type Alignment, alignTexts } from './aligned-texts.ts';
import { Course, type CourseStage } from './course.ts';

/** Longest body that is compared with others, in characters. */
const maxCompared = 1_000_000;
/** Most upstream requests that are told of. */
const maxAttempts = 20;
/** Most events that are shown with their changes. */
const maxChanges = 100;
/** Most lines of one of them. */
const maxChangeLines = 60;

export interface ShownChange {
  readonly ms: number;
  readonly choice: number;
  readonly box: string;
  /** Type of the event. */
  readonly type: string;
  /** Without the lines that stayed the same. */
  readonly lines: readonly DiffLine[];
  readonly isDropped: boolean;
}

export interface ShownAttempt {
  readonly n: number;
  readonly model?: CapturedModel;
  readonly method: string;
  readonly url: string;
  readonly headers: CapturedHeaders;
  readonly isPassThrough: boolean;
  readonly status?: number;
  readonly answerHeaders?: CapturedHeaders;
  readonly answerBytes: number;
  readonly reads: number;
  /** How it ended; absent: it had not, when its request had. */
  readonly how?: string;
  readonly error?: CapturedError;
}

export interface CaptureView {
  readonly capture?: LineOf<'capture'>;
  readonly request?: Pick<LineOf<'client.request'>, 'method' | 'path' | 'headers'> & { bytes: number; isText: boolean };
  readonly attempts: readonly ShownAttempt[];
  /** Of the attempt that was asked for: the bodies of client, canonical form and upstream, as far as there are some. */
  readonly bodies?: Alignment & { readonly columns: readonly BodyName[]; readonly attempt?: number };
  readonly changes: readonly ShownChange[];
  /** Changed events in all. */
  readonly changedEvents: number;
  readonly answer?: { readonly status: number; readonly headers: CapturedHeaders; readonly bytes: number };
  readonly end?: LineOf<'end'>;
  readonly course: readonly CourseStage[];
}

export type BodyName = 'client' | 'canonical' | 'upstream';

/** @param attempt the upstream request whose bodies are compared; default: the last one */
export async function viewCapture(lines: AsyncIterable<CaptureLine>, attempt?: number): Promise<CaptureView> {
  const view = new ViewBuilder(attempt);
  for await (const line of lines) view.add(line);
  return view.build();
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

class ViewBuilder {
  readonly #wanted: number | undefined;
  readonly #course = new Course();
  readonly #attempts: Mutable<ShownAttempt>[] = [];
  readonly #changes: ShownChange[] = [];
  #changedEvents = 0;
  #capture: LineOf<'capture'> | undefined;
  #request: LineOf<'client.request'> | undefined;
  #model: CapturedModel | undefined;
  /** The newest canonical form, and that of the attempt whose bodies are compared. */
  #canonical: unknown;
  #compared: { canonical: unknown; upstream: string; n: number } | undefined;
  #answer: Mutable<NonNullable<CaptureView['answer']>> | undefined;
  #end: LineOf<'end'> | undefined;

  constructor(wanted: number | undefined) {
    this.#wanted = wanted;
  }

  add(line: CaptureLine): void {
    this.#course.add(line);
    if (line.at === 'capture') this.#capture = line;
    else if (line.at === 'client.request') this.#request = line;
    else if (line.at === 'model') this.#model = line;
    else if (line.at === 'canonical') this.#canonical = line.request;
    else if (line.at === 'event') this.#addChange(line);
    else if (line.at === 'client.head') this.#answer = { status: line.status, headers: line.headers, bytes: 0 };
    else if (line.at === 'client.bytes' && this.#answer) this.#answer.bytes += bytesOf(line).length;
    else if (line.at === 'end') this.#end = line;
    else if (line.at === 'upstream.request') this.#addAttempt(line);
    else if (line.at === 'upstream.head' || line.at === 'upstream.bytes' || line.at === 'upstream.end')
      this.#addToAttempt(line);
  }

  #addAttempt(line: LineOf<'upstream.request'>): void {
    const { n, method, url, headers, isPassThrough } = line;
    const model = this.#model && shownModel(this.#model);
    if (this.#attempts.length < maxAttempts)
      this.#attempts.push({ n, model, method, url, headers, isPassThrough, answerBytes: 0, reads: 0 });
    if (this.#wanted === undefined || this.#wanted === n)
      this.#compared = { canonical: this.#canonical, upstream: textOf(line), n };
  }

  #addToAttempt(line: LineOf<'upstream.head' | 'upstream.bytes' | 'upstream.end'>): void {
    const attempt = this.#attempts.find(({ n }) => n === line.n);
    if (!attempt) return;
    if (line.at === 'upstream.head') {
      attempt.status = line.status;
      attempt.answerHeaders = line.headers;
    } else if (line.at === 'upstream.bytes') {
      attempt.reads += 1;
      attempt.answerBytes += bytesOf(line).length;
    } else {
      attempt.how = line.how;
      attempt.error = line.error;
    }
  }

  #addChange({ ms, choice, box, before, after }: LineOf<'event'>): void {
    this.#changedEvents += 1;
    if (this.#changes.length === maxChanges) return;
    const type = String((before as { type?: unknown } | null)?.type ?? '');
    const lines = diffLines(indent(before), after.map(indent).join('\n')).filter(({ kind }) => kind !== 'same');
    const shown = lines.slice(0, maxChangeLines).map(({ kind, text }) => ({ kind, text: text.slice(0, 1_000) }));
    this.#changes.push({ ms, choice, box, type, lines: shown, isDropped: after.length === 0 });
  }

  build(): CaptureView {
    const request = this.#request;
    return {
      capture: this.#capture,
      request: request && {
        method: request.method,
        path: request.path,
        headers: request.headers,
        bytes: bytesOf(request).length,
        isText: request.base64 === undefined,
      },
      attempts: this.#attempts,
      bodies: this.#alignBodies(),
      changes: this.#changes,
      changedEvents: this.#changedEvents,
      answer: this.#answer,
      end: this.#end,
      course: this.#course.stages,
    };
  }

  #alignBodies(): CaptureView['bodies'] {
    const canonical = this.#compared ? this.#compared.canonical : this.#canonical;
    const texts: Partial<Record<BodyName, string>> = {
      client: this.#request && pretty(textOf(this.#request)),
      canonical: canonical === undefined ? undefined : shorten(indent(inOrder(canonical))),
      upstream: this.#compared && pretty(this.#compared.upstream),
    };
    const columns = (['client', 'canonical', 'upstream'] as const).filter((name) => texts[name]);
    const { client: left, canonical: middle, upstream: right } = texts;
    if (columns.length === 0) return undefined;
    const aligned = middle ? alignTexts({ left, middle, right }) : alignTexts({ middle: left || right!, right });
    return { columns, ...aligned, attempt: this.#compared?.n };
  }
}

function shownModel({ asked, model, provider, providerTitle, why }: CapturedModel): CapturedModel {
  return { asked, model, provider, providerTitle, why };
}

const textOf = ({ text, base64 }: CapturedBytes): string =>
  text ?? (base64 === undefined ? '' : `(${Buffer.from(base64, 'base64').length} bytes that are no text)`);

const indent = (value: unknown): string => JSON.stringify(value, null, 2) ?? '';

/** JSON with its lines, its fields in the order of their names so that bodies can be compared; anything else as it is. */
function pretty(text: string): string {
  const value = text.length > maxCompared ? undefined : parseLeniently(text);
  return shorten(value === undefined ? text : indent(inOrder(value)));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  const object = asObject(value);
  if (!object) return value;
  const entries = Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, field]) => [name, inOrder(field)]));
}

function shorten(text: string): string {
  return text.length > maxCompared ? `${text.slice(0, maxCompared)}…` : text;
}
