/**
 * The ids of files and batches that lie on providers' servers, as clients have them: sealed, with the provider's name, for the
 * owner alone. So any server with the same key knows what an id stands for, and an id is of no use to anyone else.
 */
import type { ObjectKind } from '../apis/forwarded/object-ids.ts';
import type { Logger } from '../log.ts';
import type { PluginState, PluginStates } from '../storage/plugin-state.ts';
import type { Sealer } from '../storage/sealed-text.ts';

/** As OpenAI's ids begin. */
const prefixes: Record<ObjectKind, string> = { file: 'file-', batch: 'batch_' };

/** An object by the id that its own server has for it. */
export interface UpstreamObject {
  readonly provider: string;
  readonly id: string;
}

export class OwnedObjects {
  readonly #sealer: Sealer;
  readonly #notes: PluginStates;
  readonly #noted: PluginState;
  readonly #log: Pick<Logger, 'warn'>;

  /**
   * @param sealer a repeatable one, as clients compare ids
   * @param notes where it is noted who has what: lists of a server do not tell
   */
  constructor(sealer: Sealer, notes: PluginStates, log: Pick<Logger, 'warn'>) {
    this.#sealer = sealer;
    this.#notes = notes;
    this.#noted = notes.within('/v1/files');
    this.#log = log;
  }

  /** @param owner see `ownerOf` */
  seal(owner: string, kind: ObjectKind, object: UpstreamObject): string {
    return prefixes[kind] + this.#sealer.seal(nameOf(object), placeOf(owner, kind));
  }

  /** @returns undefined for what is no id of this owner */
  open(owner: string, kind: ObjectKind, id: string): UpstreamObject | undefined {
    if (!id.startsWith(prefixes[kind])) return undefined;
    try {
      const name = this.#sealer.open(id.slice(prefixes[kind].length), placeOf(owner, kind));
      const at = name.indexOf('/');
      return { provider: name.slice(0, at), id: name.slice(at + 1) };
    } catch {
      return undefined;
    }
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
