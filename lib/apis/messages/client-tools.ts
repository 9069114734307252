/**
 * Tools of Anthropic's that the client carries out and whose schemas it does not send, because Anthropic's models know
 * them. Other models do not, so they get a schema and a description here; the calls are what the clients' code expects.
 * (Parameters: Anthropic's public documentation of each tool.)
 */
import type { Tool } from './schema.ts';

interface KnownTool {
  description: string;
  parameters: Record<string, unknown>;
}

const text = (description: string) => ({ type: 'string', description });
const integer = (description: string) => ({ type: 'integer', description });
const pair = (description: string) => ({
  type: 'array',
  items: { type: 'integer' },
  minItems: 2,
  maxItems: 2,
  description,
});

function parameters(properties: Record<string, object>, required: readonly string[] = []): Record<string, unknown> {
  return { type: 'object', properties, required, additionalProperties: false };
}

const lineRange = pair(
  'For view of a file: the first and last line to show, counted from 1; -1 is the end of the file.',
);

const bash: KnownTool = {
  description:
    'Runs a command in a bash session that stays open between calls, and returns what it prints. Working directory and variables are kept. It has no terminal, so do not start interactive programs.',
  parameters: parameters({
    command: text('The command to run. Leave it out only to restart.'),
    restart: { type: 'boolean', description: 'true ends the session and begins a new one.' },
  }),
};

const path = text('Absolute path of the file or folder.');
const edits = {
  view_range: lineRange,
  file_text: text('For create: the whole text of the file.'),
  old_str: text('For str_replace: the text to replace, exactly as it stands in the file, whitespace included.'),
  insert_line: integer('For insert: the line after which to insert; 0 is the start of the file.'),
};
const replacement = 'For str_replace: the text to put in its place; empty deletes.';
const laterEdits = {
  ...edits,
  new_str: text(replacement),
  insert_text: text('For insert: the text to insert.'),
};
const editing =
  'view: shows a file with line numbers, or what a folder holds. create: writes a file, replacing any before it. str_replace: replaces one exact, unique occurrence of old_str by new_str. insert: inserts text after a line.';

function oneOf(commands: readonly string[]): object {
  return { type: 'string', enum: commands, description: 'What to do.' };
}

const textEditor: KnownTool = {
  description: `Views and edits text files. ${editing}`,
  parameters: parameters({ command: oneOf(['view', 'create', 'str_replace', 'insert']), path, ...laterEdits }, [
    'command',
    'path',
  ]),
};

/** Until 2025-04 the editor could take back its last change, and named inserted text as it names replaced text. */
const earlierTextEditor: KnownTool = {
  description: `Views and edits text files. ${editing} undo_edit: takes back the last change of a file.`,
  parameters: parameters(
    {
      command: oneOf(['view', 'create', 'str_replace', 'insert', 'undo_edit']),
      path,
      ...edits,
      new_str: text(`${replacement} For insert: the text to insert.`),
    },
    ['command', 'path'],
  ),
};

const memory: KnownTool = {
  description: `Keeps notes in files under /memories that outlive this conversation. Look there before a task, and write down what will be needed later. ${editing} delete: removes a file or folder. rename: moves it.`,
  parameters: parameters(
    {
      command: oneOf(['view', 'create', 'str_replace', 'insert', 'delete', 'rename']),
      path: text('The file or folder, beginning with /memories. For all commands but rename.'),
      ...laterEdits,
      old_path: text('For rename: what to move.'),
      new_path: text('For rename: where to.'),
    },
    ['command'],
  ),
};

const computerActions = [
  ...['key', 'type', 'mouse_move', 'left_click', 'left_click_drag', 'right_click', 'middle_click', 'double_click'],
  ...['screenshot', 'cursor_position'],
];
const laterComputerActions = ['left_mouse_down', 'left_mouse_up', 'triple_click', 'scroll', 'hold_key', 'wait'];

function toComputer(version: string, { display_width_px, display_height_px }: Tool): KnownTool {
  const size = Number.isInteger(display_width_px) && Number.isInteger(display_height_px);
  const hasLater = version >= '20250124';
  const hasZoom = version >= '20251124';
  return {
    description: `Works a computer by its screen, mouse and keyboard${size ? `; the screen is ${display_width_px} by ${display_height_px} pixels` : ''}. Take a screenshot to see what is there, and another after an action to see what came of it. Click the middle of things.`,
    parameters: parameters(
      {
        action: {
          type: 'string',
          enum: [...computerActions, ...(hasLater ? laterComputerActions : []), ...(hasZoom ? ['zoom'] : [])],
          description: 'What to do.',
        },
        coordinate: pair('x and y in pixels from the top left: where to click, move, scroll or drag to.'),
        text: text(
          'For type: the text. For key and hold_key: the keys, such as ctrl+s. For clicks and scroll: keys to hold.',
        ),
        ...(hasLater && {
          start_coordinate: pair('For left_click_drag: where the drag begins.'),
          scroll_direction: { type: 'string', enum: ['up', 'down', 'left', 'right'], description: 'For scroll.' },
          scroll_amount: integer('For scroll: how many clicks of the wheel.'),
          duration: { type: 'number', description: 'For wait and hold_key: seconds.' },
        }),
        ...(hasZoom && {
          region: {
            type: 'array',
            items: { type: 'integer' },
            minItems: 4,
            maxItems: 4,
            description: 'For zoom: x and y of the top left, then of the bottom right corner.',
          },
        }),
      },
      ['action'],
    ),
  };
}

/** The tool's description and parameters; undefined for other tools. */
export function findClientTool(tool: Tool): KnownTool | undefined {
  const [, kind, version = ''] = /^(bash|text_editor|computer|memory)_(\d{8})$/.exec(tool.type ?? '') ?? [];
  switch (kind) {
    case 'bash':
      return bash;
    case 'text_editor':
      return version < '20250429' ? earlierTextEditor : textEditor;
    case 'computer':
      return toComputer(version, tool);
    case 'memory':
      return memory;
    default:
      return undefined;
  }
}
