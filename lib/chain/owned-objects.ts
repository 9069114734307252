/**
 * The ids of files and batches that lie on providers' servers, as clients have them: sealed, with the provider's name, for the
 * owner alone. So any server with the same key knows what an id stands for, and an id is of no use to anyone else.
 */
import { join } from 'node:path';
import { idPrefixes, isIdFromHere, mapFileIds, type ObjectKind } from '../apis/forwarded/object-ids.ts';
import type { Config } from '../config/schema.ts';
import { OpenCompatError } from '../errors.ts';
import type { Lasting } from '../lasting.ts';
import type { Logger } from '../log.ts';
import type { ResolvedModel } from '../providers/provider.ts';
import { openLastingSecret } from '../storage/lasting-secret.ts';
import type { PluginState, PluginStates } from '../storage/plugin-state.ts';
import { createSealer, type Sealer } from '../storage/sealed-text.ts';

/** Longest stretch of a client's id that a message repeats, in characters. */
const maxQuotedLength = 100;
const titles: Readonly<Record<ObjectKind, string>> = { file: 'file', batch: 'batch' };

/** An object by the id that its own server has for it. */
export interface UpstreamObject {
  readonly provider: string;
  readonly id: string;
}

/** @param param the field of the request that names it */
export function objectNotFound(kind: ObjectKind, id: string, param: string): OpenCompatError {
  const details = { object: titles[kind], id: id.slice(0, maxQuotedLength) };
  return new OpenCompatError('OC_OBJECT_NOT_FOUND', details, { param });
}

/** What the ids stand for. */
export class ObjectIds {
  readonly #sealer: Sealer;

  /** @param sealer a repeatable one, as clients compare ids */
  constructor(sealer: Sealer) {
    this.#sealer = sealer;
  }

  /** @param owner see `ownerOf` */
  seal(owner: string, kind: ObjectKind, object: UpstreamObject): string {
    return idPrefixes[kind] + this.#sealer.seal(nameOf(object), placeOf(owner, kind));
  }

  /** @returns undefined for what is no id of this owner */
  open(owner: string, kind: ObjectKind, id: string): UpstreamObject | undefined {
    if (!isIdFromHere(kind, id)) return undefined;
    try {
      const name = this.#sealer.open(id.slice(idPrefixes[kind].length), placeOf(owner, kind));
      const at = name.indexOf('/');
      return { provider: name.slice(0, at), id: name.slice(at + 1) };
    } catch {
      return undefined;
    }
  }

  /**
   * The request, or body, with the model's own ids of the owner's files. Ids from elsewhere stay.
   * @throws OpenCompatError OC_OBJECT_NOT_FOUND for files of others, OC_FILE_ELSEWHERE for those on another provider's server
   */
  openFilesIn<T extends object>(request: T, owner: string, { provider, id: model }: ResolvedModel): T {
    return mapFileIds(request, (id, param) => {
      if (!isIdFromHere('file', id)) return id;
      const found = this.open(owner, 'file', id);
      if (!found) throw objectNotFound('file', id, param());
      if (found.provider === provider.name) return found.id;
      const details = {
        id: id.slice(0, maxQuotedLength),
        model: `${provider.name}/${model}`,
        provider: found.provider,
      };
      throw new OpenCompatError('OC_FILE_ELSEWHERE', details, { param: param() });
    });
  }
}

/** Does the request, or body, name a file by an id that was given out here? */
export function namesOwnedFiles(request: object): boolean {
  let isFound = false;
  mapFileIds(request, (id) => {
    isFound ||= isIdFromHere('file', id);
    return id;
  });
  return isFound;
}

/** The ids of this installation; their key is made when it is first needed. */
export function openObjectIds(
  { dataDir, redis }: Pick<Config, 'dataDir' | 'redis'>,
  lasting: Lasting,
  log: Pick<Logger, 'warn'>,
): Promise<ObjectIds> {
  return lasting.open('ids of objects', { dataDir }, async () => {
    const secret = redis?.encryptionKey ?? (await openLastingSecret(join(dataDir, 'object-ids.key'), log));
    return new ObjectIds(createSealer(secret, { isRepeatable: true }));
  });
}

/** Notes who has what: the lists of a server do not tell. */
export class ObjectOwners {
  readonly #notes: PluginStates;
  readonly #noted: PluginState;
  readonly #log: Pick<Logger, 'warn'>;

  constructor(notes: PluginStates, log: Pick<Logger, 'warn'>) {
    this.#notes = notes;
    this.#noted = notes.within('/v1/files');
    this.#log = log;
  }

  /** Notes that the object is the owner's. Never rejects: at worst it is missing in lists. */
  async note(owner: string, kind: ObjectKind, object: UpstreamObject): Promise<void> {
    await this.#noted.set(owner, `${kind} ${nameOf(object)}`, 1).catch((error: Error) => {
      this.#log.warn('it cannot be noted whose an object is: lists will lack it', { kind, reason: error.message });
    });
  }

  /** @throws Error while Redis is away */
  async isNoted(owner: string, kind: ObjectKind, object: UpstreamObject): Promise<boolean> {
    return (await this.#noted.get(owner, `${kind} ${nameOf(object)}`)) !== undefined;
  }

  /** Writes what waits. */
  close(): Promise<void> {
    return this.#notes.close();
  }
}

/** No provider's name has a slash. */
const nameOf = ({ provider, id }: UpstreamObject) => `${provider}/${id}`;
const placeOf = (owner: string, kind: ObjectKind) => JSON.stringify([kind, owner]);
