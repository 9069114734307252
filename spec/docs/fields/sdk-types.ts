/** The types of the SDKs' requests, read by the TypeScript compiler. */
import { fileURLToPath } from 'node:url';
import { API, type Checker, type Type } from 'typescript/unstable/sync';
import type { SdkParams } from './sdk-params.ts';

export type SdkApi = keyof SdkParams;

/** A type as far as a JSON value goes. */
export type Shape =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'text' | 'number' | 'any' | 'null' }
  | { readonly kind: 'list'; readonly of: () => Shape }
  | { readonly kind: 'choice'; readonly of: readonly Shape[] }
  | { readonly kind: 'map'; readonly of: () => Shape }
  | { readonly kind: 'object'; readonly fields: () => readonly Field[] };

export interface Field {
  readonly name: string;
  readonly isOptional: boolean;
  readonly shape: () => Shape;
}

const folder = fileURLToPath(new URL('.', import.meta.url));
const configFile = `${folder}tsconfig.sdk-params.json`;
const paramsFile = `${folder}sdk-params.ts`;
const config = {
  compilerOptions: { module: 'nodenext', lib: ['es2024', 'dom'], types: [], strict: true, skipLibCheck: true },
  files: [paramsFile],
};

/** Calls back with the shape of each API's request, as long as the compiler runs. */
export function readSdkTypes<T>(read: (shapes: Readonly<Record<SdkApi, Shape>>) => T): T {
  // The whole project would take seconds to read.
  const readFile = (file: string) => (file === configFile ? JSON.stringify(config) : undefined);
  const fileExists = (file: string) => (file === configFile ? true : undefined);
  const api = new API({ cwd: folder, fs: { readFile, fileExists } });
  try {
    const [project] = api.updateSnapshot({ openProjects: [configFile] }).getProjects();
    const { checker, program } = project!;
    const module = checker.getSymbolAtLocation(program.getSourceFile(paramsFile)!)!;
    const [params] = checker.getExportsOfModule(module);
    const fields = new ShapeReader(checker).fieldsOf(checker.getDeclaredTypeOfSymbol(params!));
    return read(Object.fromEntries(fields.map(({ name, shape }) => [name, shape()])) as Record<SdkApi, Shape>);
  } finally {
    api.close();
  }
}

class ShapeReader {
  readonly #checker: Checker;
  readonly #shapes = new Map<number, Shape>();

  constructor(checker: Checker) {
    this.#checker = checker;
  }

  fieldsOf(type: Type): Field[] {
    const symbols = this.#checker.getPropertiesOfType(type);
    const types = this.#checker.getTypeOfSymbol(symbols);
    return symbols.map(({ name }, index) => {
      const members = membersOf(types[index]!);
      return {
        name,
        isOptional: members.some((member) => this.#checker.typeToString(member) === 'undefined'),
        shape: () => this.shapeOf(types[index]!),
      };
    });
  }

  shapeOf(type: Type): Shape {
    const shape = this.#shapes.get(type.id) ?? this.#read(type);
    this.#shapes.set(type.id, shape);
    return shape;
  }

  #read(type: Type): Shape {
    if (type.isUnionType()) {
      const of = membersOf(type)
        .map((member) => this.shapeOf(member))
        .filter((shape) => shape.kind !== 'null');
      return of.length === 1 ? of[0]! : { kind: 'choice', of };
    }
    if (type.isLiteralType()) return { kind: 'literal', value: type.value };
    if (this.#checker.isArrayType(type)) {
      const [element] = this.#checker.getTypeArguments(type as never);
      return { kind: 'list', of: () => this.shapeOf(element!) };
    }
    return this.#readNamed(type, this.#checker.typeToString(type));
  }

  #readNamed(type: Type, name: string): Shape {
    if (name === 'null' || name === 'undefined') return { kind: 'null' };
    if (name === 'number') return { kind: 'number' };
    if (name === 'string' || name.startsWith('string & ') || name.endsWith(' & string')) return { kind: 'text' };
    if (!type.isObjectType() && !type.isIntersectionType()) return { kind: 'any' };
    const [index] = this.#checker.getIndexInfosOfType(type);
    if (index) return { kind: 'map', of: () => this.shapeOf((index as unknown as { valueType: Type }).valueType) };
    return { kind: 'object', fields: () => this.fieldsOf(type) };
  }
}

function membersOf(type: Type): readonly Type[] {
  return type.isUnionType() ? type.getTypes() : [type];
}
