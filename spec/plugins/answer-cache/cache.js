const kept = document.querySelector('#kept');

async function show() {
  const answer = await (await fetch('answers')).json();
  kept.textContent = answer.error?.message ?? `${answer.kept} of at most ${answer.entries}`;
}

document.querySelector('#empty').addEventListener('click', async () => {
  // The console's token: what changes something needs it beside the cookie.
  const { csrf } = await (await fetch('../../session')).json();
  await fetch('answers', { method: 'DELETE', headers: { 'x-csrf-token': csrf } });
  await show();
});

await show();
