/**
 * Explains a request: takes it through the boxes of its chain, and notes behind each what has changed. Nothing is sent, so that no key
 * is charged and no quota used; the operator alone is told.
 */
import { listEmulated } from '../answer/emulations.ts';
import { roughInputTokens } from '../canonical/tokens.ts';
import { type DiffLine, diffLines } from '../line-diff.ts';
import { maskSecrets } from '../masking.ts';
import { findAllowedModels } from '../models/allowed.ts';
import { findModels } from '../models/find.ts';
import type { ResolvedModel } from '../providers/provider.ts';
import { isA, readSafely } from '../thrown.ts';
import { type ClientKey, checkKeyIsGood } from '../usage/client-keys.ts';
import { lookAtLimits } from '../usage/key-limits.ts';
import { nanoPerUsd } from '../usage/windows.ts';
import type { HttpExchange } from './exchange.ts';
import type { Exchange, Services } from './middleware.ts';

/** Most lines of one difference. */
const maxLines = 400;

/** What boxes change. */
const parts = ['body', 'request', 'model', 'upstream'] as const;
type Part = (typeof parts)[number];

export interface ExplainedBox {
  readonly box: string;
  /** Without the lines that stayed the same. */
  readonly changes: readonly { readonly part: Part; readonly lines: readonly DiffLine[] }[];
  /** Parameters that were dropped here. */
  readonly ignored: readonly string[];
  /** How many transforms of the answer it has added. */
  readonly transforms: number;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface ExplainedModel {
  readonly name: string;
  readonly isChosen: boolean;
  /** Why it would not be asked first. */
  readonly reason?: string;
}

export interface ExplainedKey {
  readonly name: string;
  /** Patterns of the models that it may name. Absent: all. */
  readonly models?: readonly string[];
  /** Why a request would be refused now: it has ended, or a limit is reached. */
  readonly refusal?: string;
  /** `limit` and `remaining` are requests, tokens, or USD. */
  readonly limits: readonly {
    readonly measure: string;
    readonly window: string;
    readonly limit: number;
    readonly remaining: number;
    readonly resetsAt: string;
  }[];
}

export interface Explanation {
  readonly api: string;
  readonly boxes: readonly ExplainedBox[];
  readonly askedModel?: string;
  readonly models: readonly ExplainedModel[];
  readonly ignored: readonly string[];
  /** Parameters that the upstream does not take, and this server honours itself. */
  readonly emulated: readonly string[];
  /** Of the client key as which it is explained. */
  readonly key?: ExplainedKey;
  /** An estimate. */
  readonly inputTokens?: number;
  /** As it would be sent; the provider's credentials are put in only then. */
  readonly upstream?: object;
}

export type ExplainServices = Pick<Services, 'config' | 'providers' | 'availability' | 'keyCharging'>;

type State = Record<Part, string>;

export class Explainer {
  readonly #exchange: Exchange;
  readonly #boxes: ExplainedBox[] = [];
  #state: State = { body: '', request: '', model: '', upstream: '' };
  #ignored: ReadonlySet<string> = new Set();
  #transforms = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Notes what a box has changed. */
  note(box: string, error?: unknown): void {
    const exchange = this.#exchange as HttpExchange;
    // The observer is no plugin: its looking must not count as one's.
    exchange.isPluginAtWork = false;
    const state = stateOf(exchange);
    const changes = parts
      .filter((part) => state[part] !== this.#state[part])
      .map((part) => ({ part, lines: changedLines(this.#state[part], state[part]) }));
    const { ignored, transforms } = exchange;
    this.#boxes.push({
      box,
      changes,
      ignored: [...ignored].filter((param) => !this.#ignored.has(param)),
      transforms: transforms.length - this.#transforms,
      ...(error !== undefined && { error: describe(error) }),
    });
    this.#state = state;
    this.#ignored = new Set(ignored);
    this.#transforms = transforms.length;
  }

  async explain(services: ExplainServices): Promise<Explanation> {
    const exchange = this.#exchange;
    const request = readSafely(() => exchange.request);
    const asked = exchange.resolvedModel?.requested ?? request?.model;
    const upstream = readSafely(() => exchange.upstream);
    const { clientKey } = exchange;
    return {
      api: exchange.api?.name ?? '',
      boxes: this.#boxes,
      ...(asked && { askedModel: asked }),
      models: asked === undefined ? [] : await compareModels(exchange, asked, services),
      ignored: [...exchange.ignored],
      emulated: request && upstream ? listEmulated(request, upstream) : [],
      ...(clientKey && { key: await explainKey(clientKey, services) }),
      ...(request && { inputTokens: roughInputTokens(request) }),
      ...(upstream && { upstream: showUpstream(upstream) }),
    };
  }
}

const explainers = new WeakMap<Exchange, Explainer>();

/** Of an exchange that is explained. */
export function explainerOf(exchange: Exchange): Explainer {
  const explainer = explainers.get(exchange) ?? new Explainer(exchange);
  explainers.set(exchange, explainer);
  return explainer;
}

function stateOf(exchange: Exchange): State {
  const model = exchange.resolvedModel;
  const shownModel = model && { model: nameOf(model), ...(model.effort && { effort: model.effort }) };
  const upstream = readSafely(() => exchange.upstream);
  return {
    body: toText(readSafely(() => exchange.body)),
    request: toText(readSafely(() => exchange.request)),
    model: toText(shownModel),
    upstream: toText(upstream && showUpstream(upstream)),
  };
}

function showUpstream({ method, url, headers, body }: Exchange['upstream']): object {
  const shown = maskSecrets({ url: url.href, headers }) as object;
  return { method, ...shown, body: readSafely(() => JSON.parse(body) as unknown) ?? body };
}

async function explainKey(key: ClientKey, { keyCharging }: ExplainServices): Promise<ExplainedKey> {
  const nowMs = Date.now();
  const { standings, refusal } = await lookAtLimits(keyCharging.counts, key, nowMs);
  const reason = errorOf(() => checkKeyIsGood(key, nowMs)) ?? refusal;
  return {
    name: key.name,
    ...(key.models && { models: key.models }),
    ...(reason !== undefined && { refusal: describe(reason).message }),
    limits: standings.map(({ measure, window, limit, remaining, endMs }) => {
      const unit = measure === 'cost' ? nanoPerUsd : 1;
      const resetsAt = new Date(endMs).toISOString();
      return { measure, window, limit: limit / unit, remaining: remaining / unit, resetsAt };
    }),
  };
}

function errorOf(run: () => void): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

function toText(value: unknown): string {
  return value === undefined ? '' : (readSafely(() => JSON.stringify(value, null, 2)) ?? '');
}

/** The commas that a further field brings about are no change. */
const withoutCommas = (text: string) => text.replace(/,$/gm, '');

function changedLines(before: string, after: string): DiffLine[] {
  const lines = before === '' ? diffLines('', after) : diffLines(withoutCommas(before), withoutCommas(after));
  return lines.filter(({ kind }) => kind !== 'same').slice(0, maxLines);
}

function nameOf({ provider, id }: ResolvedModel): string {
  return `${provider.name}/${id}`;
}

function describe(error: unknown): { code: string; message: string } {
  const { code, message } = isA(error, Error) ? (error as Error & { code?: string }) : { code: '', message: '' };
  return { code: code ?? '', message };
}

/** Every model that the name leads to, and why it would not answer first. */
async function compareModels(
  exchange: Exchange,
  asked: string,
  { config, providers, availability }: ExplainServices,
): Promise<ExplainedModel[]> {
  const { resolvedModel: chosen, clientKey } = exchange;
  const draws = readSafely(() => exchange.request.draws);
  let found: readonly ResolvedModel[];
  try {
    found = await findModels(asked, providers, config, draws);
  } catch (error) {
    return [{ name: asked, isChosen: false, reason: describe(error).message }];
  }
  const allowedNames = await listAllowed(asked, providers, config, clientKey?.models, draws);
  const whyNot = (model: ResolvedModel) => {
    if (!allowedNames.has(nameOf(model))) return 'the client key may not name it';
    const readiness = model.provider.readiness();
    return readiness.isReady ? availability.blockedBy(model)?.message : (readiness.reason ?? 'not ready');
  };
  return found.map((model) => {
    const isChosen = chosen !== undefined && nameOf(model) === nameOf(chosen);
    const reason = whyNot(model);
    const place = isChosen ? undefined : 'another one comes before it';
    return { name: nameOf(model), isChosen, ...((reason ?? place) && { reason: reason ?? place }) };
  });
}

/** By the names of provider and model. */
async function listAllowed(...asked: Parameters<typeof findAllowedModels>): Promise<ReadonlySet<string>> {
  try {
    return new Set((await findAllowedModels(...asked)).map(nameOf));
  } catch {
    return new Set();
  }
}
