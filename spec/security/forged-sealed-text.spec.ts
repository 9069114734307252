/**
 * What the attacker does: writes into Redis, in the place of sealed texts, what is too short to be one, so that a tag of
 * four bytes (which can be guessed) or none would have to do; changes sealed texts, and puts them in other places.
 * What must hold: none of them is opened.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../lib/secret.ts';
import { createSealer } from '../../lib/storage/sealed-text.ts';

const sealer = createSealer(new Secret('a key of at least thirty-two characters'));

test('what is too short to hold a nonce and a tag is refused for that', () => {
  for (let length = 0; length < 16; length += 1) {
    assert.throws(() => sealer.open(Buffer.alloc(length).toString('base64'), 'place'), /tag|initialization vector/i);
  }
});

test('a changed text is not opened, whichever byte was changed, nor one from another place', () => {
  const sealed = sealer.seal('text', 'place');
  assert.equal(sealer.open(sealed, 'place'), 'text');
  assert.throws(() => sealer.open(sealed, 'other place'));
  const bytes = Buffer.from(sealed, 'base64');
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index]! ^= 1;
    assert.throws(() => sealer.open(changed.toString('base64'), 'place'), `byte ${index}`);
    assert.throws(() => sealer.open(bytes.subarray(0, index).toString('base64'), 'place'), `${index} bytes`);
  }
});

test('a repeatable sealer seals a text the same for one place, and is as strict', () => {
  const secret = new Secret('a key of at least thirty-two characters');
  const repeatable = createSealer(secret, { isRepeatable: true });
  const sealed = repeatable.seal('text', 'place');
  assert.equal(repeatable.seal('text', 'place'), sealed);
  assert.match(sealed, /^[\w-]+$/);
  // Nonces differ wherever texts or places do: one nonce for two texts would betray both.
  const nonces = ['text', 'texu'].flatMap((text) =>
    ['place', 'placf'].map((place) => repeatable.seal(text, place).slice(0, 16)),
  );
  assert.equal(new Set(nonces).size, 4);
  assert.throws(() => repeatable.open(sealed, 'other place'));
  assert.throws(() => repeatable.open(sealed.slice(0, -4), 'place'));
  assert.throws(() => sealer.open(sealed, 'place'), 'the other sealer has another key');
});
