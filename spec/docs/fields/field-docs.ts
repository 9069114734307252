/** The documentation of every field of a request, made by sending it. */
import { toCode, toTable } from '../markdown.ts';
import { type FieldCase, toCases } from './cases.ts';
import { type Answerer, contexts, models } from './contexts.ts';
import { type Decision, decide, decisions, keptHere } from './decisions.ts';
import { type FieldBench, openFieldBench } from './fates.ts';
import { readSdkTypes, type SdkApi } from './sdk-types.ts';

const answerers = Object.keys(models) as Answerer[];
const words = { passed: 'passed', here: 'here', named: 'named', refused: '400' } as const;

/** Markdown: a folded table for each API. @throws Error for a field that nobody has decided about */
export async function formatFieldDocs(): Promise<string> {
  const apis = Object.keys(contexts) as SdkApi[];
  const cases = readSdkTypes((shapes) => new Map(apis.map((api) => [api, toCases(shapes[api], contexts[api])])));
  const book = new DecisionBook();
  const bench = await openFieldBench();
  const tables: string[] = [];
  try {
    for (const api of apis) tables.push(await formatApi(api, cases.get(api)!, bench, book));
  } finally {
    await bench.close();
  }
  book.close();
  return tables.join('\n\n');
}

async function formatApi(api: SdkApi, cases: readonly FieldCase[], bench: FieldBench, book: DecisionBook) {
  const context = contexts[api];
  const asked = answerers.filter((answerer) => !context.models || context.models[answerer]);
  const fates = await Promise.all(asked.map((answerer) => bench.run(answerer, context, cases)));
  const rows = new Map<string, { cells: string[]; names: string[] }>();
  for (const name of new Set(cases.map((each) => each.name))) {
    const cells = asked.map((answerer, index) => {
      const fate = fates[index]!.get(name)!;
      if (fate === 'refused' && keptHere.has(name)) return words.here;
      return fate === 'unseen' ? book.look(api, name, answerer) : words[fate];
    });
    const row = rows.get(cells.join()) ?? { cells, names: [] };
    rows.set(cells.join(), row);
    row.names.push(name);
  }
  const table = toTable(
    [...asked, 'fields'],
    [...rows.values()].map(({ cells, names }) => [...cells, joinNames(names)]),
  );
  const reasons = book.reasonsOf(
    [...rows.values()].flatMap(({ cells, names }) => (cells.includes('left out') ? names : [])),
    api,
  );
  return `<details><summary>${context.title}</summary>\n\n${table}\n\n${reasons}</details>`;
}

/** Fields of one object, and kinds of one list, behind one another. */
function joinNames(names: readonly string[]): string {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [, owner = '', last = name] = /^(.*?)((?:\.\w+|\[\w+\])?)$/.exec(name) ?? [];
    const isKind = last.startsWith('[');
    const key = isKind ? `${owner}[]` : last === '' ? '' : `${owner}.`;
    groups.set(key, [...(groups.get(key) ?? []), last === '' ? name : last.replaceAll(/[[\].]/g, '')]);
  }
  return [...groups]
    .map(([key, lasts]) => {
      if (key === '') return lasts.map(toCode).join(', ');
      return toCode(key.endsWith('[]') ? `${key.slice(0, -1)}${lasts.join(', ')}]` : `${key}${lasts.join(', ')}`);
    })
    .join('; ');
}

/** Looks decisions up, and knows which of them are of no more use. */
class DecisionBook {
  readonly #used = new Set<Decision>();
  readonly #undecided: string[] = [];

  look(api: SdkApi, name: string, answerer: Answerer): string {
    const decision = decide(api, name, answerer);
    if (decision) this.#used.add(decision);
    else this.#undecided.push(`${api}: ${name} (${answerer})`);
    return decision?.word ?? '?';
  }

  /** Markdown: why fields are left out. */
  reasonsOf(names: readonly string[], api: SdkApi): string {
    const byReason = Map.groupBy(names, (name) => {
      const decision = answerers
        .map((answerer) => decide(api, name, answerer))
        .find((each) => each?.word === 'left out');
      if (!decision?.why) throw new Error(`spec/docs/fields/decisions.ts: no reason why ${name} is left out`);
      return decision.why;
    });
    if (byReason.size === 0) return '';
    const lines = [...byReason].map(([why, of]) => `- ${joinNames(of)}: ${why}.`);
    return `Left out:\n\n${lines.join('\n')}\n\n`;
  }

  /** @throws Error that lists what is to be decided */
  close(): void {
    const stale = decisions.filter((decision) => !this.#used.has(decision));
    const faults = [
      ...this.#undecided.map((field) => `lost without a word: ${field}`),
      ...stale.map(({ api, field }) => `nothing is left to decide: ${api} ${field}`),
    ];
    if (faults.length > 0) throw new Error(`spec/docs/fields/decisions.ts:\n${faults.join('\n')}`);
  }
}
