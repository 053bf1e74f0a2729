// Drives `causeway dap` with the client that Visual Studio Code's team ships for testing adapters.
// CAUSEWAY_TEST_COMMAND is the adapter's command, CAUSEWAY_TEST_RECORDING a recording of tests/programs/lost_update.py, CAUSEWAY_TEST_SCRIPT that file,
// CAUSEWAY_TEST_LINES a JSON object of its marked lines.
const assert = require('assert');
const { spawn } = require('child_process');
const { DebugClient } = require('@vscode/debugadapter-testsupport');
const { firstLine } = require('./debuggee');

const script = process.env.CAUSEWAY_TEST_SCRIPT;
const recording = process.env.CAUSEWAY_TEST_RECORDING;
const lines = JSON.parse(process.env.CAUSEWAY_TEST_LINES);

describe('causeway dap, judged by @vscode/debugadapter-testsupport', () => {
  let server;
  let client;

  beforeEach(async () => {
    server = spawn(process.env.CAUSEWAY_TEST_COMMAND, ['dap', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const announcement = await firstLine(server);
    const port = Number(announcement.trim().split(':').pop());
    client = new DebugClient('node', 'unused', 'causeway', undefined, true);
    await client.start(port);
  });

  afterEach(async () => {
    await client.stop();
    server.kill();
  });

  async function attach(extra) {
    const configured = client.waitForEvent('initialized').then(() => client.configurationDoneRequest());
    const stopped = client.waitForEvent('stopped');
    await client.initializeRequest();
    await client.attachRequest({ recording, ...extra });
    await configured;
    return (await stopped).body;
  }

  async function move(request, threadId) {
    const stopped = client.waitForEvent('stopped');
    await request({ threadId });
    return (await stopped).body;
  }

  const top = async (threadId) => (await client.stackTraceRequest({ threadId, levels: 1 })).body.stackFrames[0];

  it('announces stepping back', async () => {
    const response = await client.initializeRequest();
    for (const capability of ['supportsStepBack', 'supportsStepInTargetsRequest', 'supportsGotoTargetsRequest', 'supportsDataBreakpoints', 'supportsLogPoints']) {
      assert.strictEqual(response.body[capability], true, capability);
    }
  });

  it('answers an unknown request with an error', async () => {
    await client.initializeRequest();
    await assert.rejects(client.send('illegal_request'), /unknown request/);
  });

  it('stops at a breakpoint', async () => {
    await client.hitBreakpoint({ recording, stopOnEntry: false }, { path: script, line: lines.write });
  });

  it('steps back, and forward again to the same place', async () => {
    const { threadId } = await attach({ at: 'F1' });
    const before = await top(threadId);
    assert.strictEqual(before.line, lines.write);
    const back = await move((a) => client.stepBackRequest(a), threadId);
    assert.strictEqual((await top(back.threadId)).line, lines.await);
    const again = await move((a) => client.nextRequest(a), back.threadId);
    assert.strictEqual((await top(again.threadId)).line, before.line);
  });

  it('reverse-continues to the start, which is a stop', async () => {
    const { threadId } = await attach({ at: 'end' });
    await client.setExceptionBreakpointsRequest({ filters: [] });
    const stopped = await move((a) => client.reverseContinueRequest(a), threadId);
    assert.strictEqual(stopped.reason, 'entry');
  });

  it('offers causes to step into', async () => {
    const { threadId } = await attach({ at: 'F1' });
    const frame = await top(threadId);
    const { targets } = (await client.stepInTargetsRequest({ frameId: frame.id })).body;
    assert.ok(targets.length > 0);
    const stopped = client.waitForEvent('stopped');
    await client.stepInRequest({ threadId, targetId: targets[0].id });
    await stopped;
  });

  it('lists every execution of a line', async () => {
    await attach({});
    const { targets } = (await client.gotoTargetsRequest({ source: { path: script }, line: lines.write })).body;
    assert.strictEqual(targets.length, 2);
    const stopped = client.waitForEvent('stopped');
    await client.gotoRequest({ threadId: 1, targetId: targets[1].id });
    assert.strictEqual((await stopped).body.reason, 'goto');
  });
});
