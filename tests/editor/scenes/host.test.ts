import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { inHost } from '../extensionHost.ts';

const host = inHost('tests/editor/workspaces/flaky');
after(() => host.then(({ close }) => close()));

test('in the extension host', async (context) => {
  const { results } = await host;
  assert.ok(results.length > 0);
  for (const { name, trouble } of results) await context.test(name, () => assert.equal(trouble, ''));
});
