/** Writes a request as lines that run elsewhere. */

export const codeLanguages = [
  ['curl', 'curl'],
  ['python', 'Python'],
  ['js', 'JavaScript'],
];

const keyName = 'OPENCOMPAT_KEY';

/** For a POSIX shell. */
const quote = (text) => `'${text.replaceAll("'", `'\\''`)}'`;

/** JSON as Python has it. */
function toPython(value, indent = '') {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null) return 'None';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  if (Array.isArray(value)) return `[${value.map((item) => toPython(item, indent)).join(', ')}]`;
  const fields = Object.entries(value).map(
    ([name, item]) => `${inner}${JSON.stringify(name)}: ${toPython(item, inner)},\n`,
  );
  return `{\n${fields.join('')}${indent}}`;
}

const writers = {
  curl({ url, body }) {
    const lines = [
      `curl ${body.stream ? '-N ' : ''}${quote(url)}`,
      `-H "authorization: Bearer $${keyName}"`,
      "-H 'content-type: application/json'",
      `-d ${quote(JSON.stringify(body))}`,
    ];
    return lines.join(' \\\n  ');
  },
  python({ url, body }) {
    const call = `requests.post(\n    ${JSON.stringify(url)},\n    headers={"authorization": f"Bearer {os.environ['${keyName}']}"},\n    json=${toPython(body, '    ')},\n    stream=${body.stream ? 'True' : 'False'},\n)`;
    const read = body.stream
      ? 'for line in answer.iter_lines(decode_unicode=True):\n    print(line)'
      : 'print(answer.json())';
    return `import os\nimport requests\n\nanswer = ${call}\n${read}\n`;
  },
  js({ url, body }) {
    const json = JSON.stringify(body, null, 2).replaceAll('\n', '\n  ');
    const read = body.stream
      ? 'for await (const text of answer.body.pipeThrough(new TextDecoderStream())) process.stdout.write(text);'
      : 'console.log(await answer.json());';
    return `const answer = await fetch(${JSON.stringify(url)}, {
  method: 'POST',
  headers: { authorization: \`Bearer \${process.env.${keyName}}\`, 'content-type': 'application/json' },
  body: JSON.stringify(${json}),
});
${read}
`;
  },
};

/** @param {'curl' | 'python' | 'js'} language @param {{ url: string, body: { stream: boolean } }} request */
export function writeRequest(language, request) {
  return writers[language](request);
}
