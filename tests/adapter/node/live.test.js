// A program launched under `causeway dap`, driven by the client that Visual Studio Code's team ships for testing adapters: stopped, back, forward, on.
// CAUSEWAY_TEST_PROGRAM is a copy of tests/programs/lost_update.py in a folder that can be written to; the rest as in recording.test.js.
const assert = require('assert');
const path = require('path');
const { spawn } = require('child_process');
const { DebugClient } = require('@vscode/debugadapter-testsupport');
const { firstLine } = require('./debuggee');

const program = process.env.CAUSEWAY_TEST_PROGRAM;
const lines = JSON.parse(process.env.CAUSEWAY_TEST_LINES);

describe('causeway dap, launching a program', function () {
  this.timeout(100000);
  let server;
  let client;

  beforeEach(async () => {
    server = spawn(process.env.CAUSEWAY_TEST_COMMAND, ['dap', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const announcement = await firstLine(server);
    client = new DebugClient('node', 'unused', 'causeway', undefined, true);
    client.defaultTimeout = 90000;
    await client.start(Number(announcement.trim().split(':').pop()));
  });

  afterEach(async () => {
    await client.stop();
    server.kill();
  });

  const configuration = { program, cwd: path.dirname(program), console: 'internalConsole' };
  const top = async (threadId) => (await client.stackTraceRequest({ threadId, levels: 1 })).body.stackFrames[0];

  async function move(request, threadId) {
    const stopped = client.waitForEvent('stopped', 90000);
    await request({ threadId });
    return (await stopped).body;
  }

  it('stops at a breakpoint, steps back into the past, forward to now, and runs to its end', async () => {
    const stopped = client.waitForEvent('stopped', 90000);
    await client.hitBreakpoint(configuration, { path: program, line: lines.print });
    const now = (await stopped).body;
    const past = await move((a) => client.stepBackRequest(a), now.threadId);
    assert.match(past.description, /^In the past/);
    assert.strictEqual((await top(past.threadId)).line, lines.gather);
    const again = await move((a) => client.nextRequest(a), past.threadId);
    assert.strictEqual(again.description, 'Back to now');
    assert.strictEqual((await top(again.threadId)).line, lines.print);
    const ended = client.waitForEvent('terminated', 90000);
    await client.continueRequest({ threadId: again.threadId });
    await ended;
  });

  it('refuses a program that is not there', async () => {
    await client.initializeRequest();
    await assert.rejects(client.launchRequest({ ...configuration, program: program + '.missing' }), /there is no file/);
  });
});
