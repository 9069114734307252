/** A request for each field of an API's requests: one that has the field, with a valid value, beside one that has not. */
import type { Field, Shape } from './sdk-types.ts';

type Json = Record<string, unknown>;

export interface FieldCase {
  /** `reasoning.effort`, `tools[function].strict`: in brackets the kind of an element. */
  readonly name: string;
  /** The case of the element or object that the field is in. */
  readonly parent?: string;
  readonly body: Json;
  readonly without: Json;
}

export interface CaseOptions {
  /** A request with what is required, but for the model. */
  readonly base: Json;
  /** Values where the type alone does not tell what is valid, by the field's name; `[kind]`: fields of such an element. */
  readonly samples: Readonly<Json>;
  /** What a field needs beside it, by its name. */
  readonly beside: Readonly<Record<string, Json>>;
  /** Puts an element of a list into its surroundings; the list's name is that of the field. */
  readonly surround: (list: string, element: unknown) => unknown[];
  /** What is not looked into: it says which server is asked, or how the answer comes, or it stands elsewhere too. */
  readonly skipped: RegExp;
}

/** How deep a request is looked into; what is optional inside an element of a list is not. */
const maxDepth = 2;
/** Lists and choices that are looked into: those of the request itself, and the parts of messages. */
const expanded = /^\w+$|^(?:messages(?:\[\w+\])?|input\[message\])\.content$/;
/** Values that ask for what happens anyway. */
const idle: ReadonlySet<unknown> = new Set(['auto', 'default', 'none', 'disabled', false]);

interface Place {
  readonly name: string;
  readonly parent?: string;
  readonly depth: number;
  readonly isInList?: boolean;
  readonly without: Json;
  put(value: unknown): Json;
}

export function toCases(shape: Shape, options: CaseOptions): FieldCase[] {
  return [
    ...new CaseMaker(options).ofObject(
      shape,
      { ...options.base },
      {
        name: '',
        depth: 0,
        without: options.base,
        put: (value) => value as Json,
      },
    ),
  ];
}

class CaseMaker {
  readonly #options: CaseOptions;
  readonly #members = new Set<string>();

  constructor(options: CaseOptions) {
    this.#options = options;
  }

  *ofObject(shape: Shape, value: Json, { name, parent, depth, isInList, put }: Place): Generator<FieldCase> {
    if (shape.kind !== 'object') return;
    for (const field of shape.fields()) {
      const path = name === '' ? field.name : `${name}.${field.name}`;
      if (this.#options.skipped.test(path)) continue;
      const around = { ...value, ...this.#options.beside[path] };
      const { [field.name]: _, ...others } = around;
      const without = put(field.isOptional && name !== '' ? others : around);
      const place: Place = {
        name: path,
        parent: field.isOptional ? path : parent,
        depth: depth + 1,
        isInList,
        without,
        put: (inner) => put({ ...around, [field.name]: inner }),
      };
      if (field.isOptional) yield { name: path, parent, body: place.put(this.#sampleField(field)), without };
      if (!field.isOptional || !isInList) yield* this.#ofInner(field.shape(), place);
    }
  }

  *#ofInner(shape: Shape, place: Place): Generator<FieldCase> {
    if (place.depth > maxDepth) return;
    const { name } = place;
    if (shape.kind === 'object') {
      const sampled = this.#sampleNamed(name.split('.').at(-1)!, shape);
      // That of a list is the list's.
      const value = Array.isArray(sampled) ? sampled[0] : sampled;
      yield* this.ofObject(shape, value as Json, place);
    }
    if (!expanded.test(name)) return;
    if (shape.kind === 'list') {
      const put = (element: unknown) => place.put(this.#options.surround(name, element));
      yield* this.#ofInner(shape.of(), { ...place, isInList: true, put });
    }
    if (shape.kind !== 'choice') return;
    const objects = shape.of.filter(({ kind }) => kind === 'object');
    for (const each of shape.of) if (each.kind === 'list') yield* this.#ofInner(each, place);
    if (objects.length === 1) yield* this.#ofInner(objects[0]!, place);
    else for (const each of objects) yield* this.#ofMember(each, place);
  }

  *#ofMember(shape: Shape, place: Place): Generator<FieldCase> {
    const { type, role, ...rest } = this.#sample(shape) as Json;
    // Of a tool with dated versions the first stands for all.
    const label = String(type ?? role ?? Object.keys(rest)[0]).replace(/_\d{8}$/, '');
    const name = `${place.name}[${label}]`;
    const more = this.#options.samples[`[${label}]`] as Json | undefined;
    const value = { ...(type !== undefined && { type }), ...(role !== undefined && { role }), ...rest, ...more };
    if (this.#options.skipped.test(name) || this.#members.has(name)) return;
    this.#members.add(name);
    yield { name, parent: place.parent, body: place.put(value), without: place.without };
    yield* this.ofObject(shape, value, { ...place, name, parent: name, depth: place.depth });
  }

  #sampleField({ name, shape }: Field): unknown {
    return this.#sampleNamed(name, shape());
  }

  #sampleNamed(name: string, shape: Shape): unknown {
    const { samples } = this.#options;
    return Object.hasOwn(samples, name) ? samples[name] : this.#sample(shape, name);
  }

  /** What is required, and of a choice the first that asks for something. */
  #sample(shape: Shape, name = 'sample'): unknown {
    switch (shape.kind) {
      case 'literal':
        return shape.value;
      case 'number':
        return 1;
      case 'list':
        return [this.#sample(shape.of(), name)];
      case 'map':
        return { [name]: this.#sample(shape.of(), name) };
      case 'choice': {
        const telling = shape.of.filter((each) => each.kind !== 'literal' || !idle.has(each.value));
        return this.#sample((telling[0] ?? shape.of[0])!, name);
      }
      case 'object': {
        const required = shape.fields().filter((field) => !field.isOptional || field.name === 'type');
        return Object.fromEntries(required.map((field) => [field.name, this.#sampleField(field)]));
      }
      default:
        return name;
    }
  }
}
