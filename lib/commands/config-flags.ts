import { type Command, Option } from 'commander';
import { type ConfigKey, configKeys, hasType } from '../config/keys.ts';

function placeholderOf({ schema }: ConfigKey): string {
  if (hasType(schema, 'array')) return '<list>';
  return hasType(schema, 'number') || hasType(schema, 'integer') ? '<number>' : '<text>';
}

function describe({ schema }: ConfigKey): string {
  const { description = '', enum: values, default: value, 'x-unit': unit } = schema;
  const isPlain = value !== undefined && value !== false && typeof value !== 'object';
  const shown = unit === undefined ? value : `${value} ${unit}`;
  return [description, values && `One of ${values.join(', ')}.`, isPlain && `Default ${shown}.`]
    .filter(Boolean)
    .join(' ');
}

/** Adds a flag for each key of the configuration that has one. A list may be comma separated, repeated, or both. */
export function addConfigFlags(command: Command): Command {
  for (const key of configKeys) {
    const { flag, schema, section } = key;
    if (!flag) continue;
    const add = (flags: string, description: string) => {
      const option = new Option(flags, description).helpGroup(`${section}:`);
      command.addOption(option);
      return option;
    };
    if (hasType(schema, 'boolean')) {
      add(flag, describe(key));
      add(`--no-${flag.slice(2)}`, `Not ${flag}.`);
      continue;
    }
    const option = add(`${flag} ${placeholderOf(key)}`, describe(key));
    if (hasType(schema, 'array')) option.argParser((text, earlier?: string[]) => [...(earlier ?? []), text]);
  }
  return command;
}
