/** The ways through the server that are measured: which API the client speaks, and which the upstream. */

/** What comes back: Responses events, Chat Completions chunks, Messages events, or Responses events in WebSocket frames. */
export type AnswerForm = 'responses' | 'chat' | 'messages' | 'socket';

/** The models that the upstream has: one behind each of its two APIs. */
export const responsesModel = 'gpt-5.5';
const chatModel = 'bench';

export interface Target {
  form: AnswerForm;
  model: string;
}

/** A bare pipe cannot translate: it passes the upstream's own API on. */
export interface Floor extends Target {
  title: string;
}

export interface Way extends Target {
  title: string;
  /** The pipe that it is compared with. */
  floor: FloorName;
}

export type FloorName = 'pipe-responses' | 'pipe-chat';
export type WayName = 'chat' | 'passed-on' | 'messages' | 'websocket';

export const floors: Record<FloorName, Floor> = {
  'pipe-responses': { title: 'bare pipe, Responses', form: 'responses', model: responsesModel },
  'pipe-chat': { title: 'bare pipe, Chat Completions', form: 'chat', model: chatModel },
};

export const ways: Record<WayName, Way> = {
  chat: { title: 'Responses → Chat Completions', form: 'chat', model: responsesModel, floor: 'pipe-responses' },
  'passed-on': {
    title: 'Chat Completions, passed on',
    form: 'chat',
    model: `openai/${chatModel}`,
    floor: 'pipe-chat',
  },
  messages: { title: 'Responses → Messages', form: 'messages', model: responsesModel, floor: 'pipe-responses' },
  websocket: { title: 'Responses → WebSocket', form: 'socket', model: responsesModel, floor: 'pipe-responses' },
};
