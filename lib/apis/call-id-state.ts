/**
 * State of a Chat Completions server behind the id of a tool call, for clients of APIs that have no other carrier for it (Ollama's,
 * and those of Messages that asked for no thinking): they send the id back as it came.
 */
import { shortenCallId } from './call-ids.ts';
import { readCarriedState, toCarriedState } from './chat-completions/server-state.ts';

/** Ids consist of letters, digits, `_` and `-`; no server is known to make ids with this in it. */
const mark = '-oc1-';
/** Longest state that an id carries, in characters: it comes back with every later request. */
const maxStateCharacters = 32_768;

/** The id that the client is given. @param encrypted of the reasoning item before the call */
export function toStatefulId(callId: string, encrypted: string | undefined): string {
  const state = encrypted && toCarriedState(encrypted);
  return state && state.length <= maxStateCharacters ? `${callId}${mark}${state}` : callId;
}

/** The call's own id, short enough, and what it carried. */
export function fromStatefulId(id: string): { callId: string; encrypted?: string } {
  const at = id.lastIndexOf(mark);
  const encrypted = at < 0 ? undefined : readCarriedState(id.slice(at + mark.length));
  return encrypted === undefined
    ? { callId: shortenCallId(id) }
    : { callId: shortenCallId(id.slice(0, at)), encrypted };
}
