// Programs under `causeway dap`, launched and driven by the client of @vscode/debugadapter-testsupport. Lines are found by the `# @mark` at their ends.
const fs = require('fs');
const os = require('os');
const path = require('path');
const { spawn } = require('child_process');
const { DebugClient } = require('@vscode/debugadapter-testsupport');

const PATIENCE = 90000;

/** The first line that a process prints, whole: a pipe may give it in pieces. Rejects if it ends before. */
function firstLine(running) {
  return new Promise((resolve, reject) => {
    let printed = '';
    running.stdout.on('data', (data) => {
      printed += data;
      if (printed.includes('\n')) resolve(printed.split('\n')[0]);
    });
    running.once('exit', (code) => reject(new Error(`it ended with ${code} after printing ${JSON.stringify(printed)}`)));
  });
}

/** A client with an adapter of its own. */
async function connected() {
  const server = spawn(process.env.CAUSEWAY_TEST_COMMAND, ['dap', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const announcement = await firstLine(server);
  const client = new DebugClient('node', 'unused', 'causeway', undefined, true);
  client.defaultTimeout = PATIENCE;
  await client.start(Number(announcement.trim().split(':').pop()));
  return { client, close: async (left) => { if (!left) await client.stop(); server.kill(); } };
}

/** One program in a folder of its own, and the session in which it is debugged. */
class Debuggee {
  static async of(source) {
    const { client, close } = await connected();
    return new Debuggee(source, client, close);
  }

  constructor(source, client, close) {
    this.client = client;
    this.close = () => close(this.left);
    this.left = false;
    this.folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'causeway-')));
    this.program = path.join(this.folder, 'program.py');
    this.source = source;
    fs.writeFileSync(this.program, source);
    this.printed = '';
    client.on('output', ({ body }) => { if (body.category === 'stdout') this.printed += body.output; });
    this.ended = new Promise((resolve) => client.on('terminated', resolve));
    this.exit = new Promise((resolve) => client.on('exited', ({ body }) => resolve(body.exitCode)));
  }

  line(mark) {
    return this.source.split('\n').findIndex((text) => text.endsWith(`# @${mark}`)) + 1;
  }

  /** Launches it; `before` sets what it stops at. Gives the first stop. */
  async stops(before = async () => undefined, more = {}) {
    const stopped = this.next();
    await this.begins(before, more);
    return stopped;
  }

  /** Launches it. */
  async begins(before = async () => undefined, more = {}) {
    const initialized = this.client.waitForEvent('initialized', PATIENCE);
    await this.client.initializeRequest();
    const launched = this.client.launchRequest({ program: this.program, cwd: this.folder, console: 'internalConsole', ...more });
    await Promise.race([initialized, launched.then(() => initialized)]);
    await before(this);
    await this.client.configurationDoneRequest();
    await launched;
  }

  /** Waits until it has printed something; the match. */
  prints(pattern) {
    return new Promise((resolve) => {
      const look = () => {
        const found = pattern.exec(this.printed);
        if (found) resolve(found);
      };
      this.client.on('output', look);
      look();
    });
  }

  /** Breakpoints at marks: `{ mark: {condition…} }`. */
  breakAt(marks) {
    const breakpoints = Object.entries(marks).map(([mark, more]) => ({ line: this.line(mark), ...more }));
    return this.client.setBreakpointsRequest({ source: { path: this.program }, breakpoints });
  }

  /** The next stop. */
  next() {
    return this.client.waitForEvent('stopped', PATIENCE).then((event) => event.body);
  }

  /** Sends a request that moves, and gives the stop it ends in. */
  async move(command, { threadId }) {
    const stopped = this.next();
    await this.client.send(command, { threadId });
    return stopped;
  }

  /** Goes on, to the program's end; its exit code. */
  async runsOut({ threadId }) {
    await this.client.continueRequest({ threadId });
    await this.ended;
    return this.exit;
  }

  /** Ends the conversation; nobody answers after that. */
  async leaves(how) {
    await this.client.disconnectRequest(how);
    this.left = true;
  }

  async frame({ threadId }) {
    return (await this.client.stackTraceRequest({ threadId })).body.stackFrames.find((frame) => frame.presentationHint !== 'label');
  }

  /** The mark of the line where a stop is, or its number. */
  async at(stop) {
    const { line } = await this.frame(stop);
    const mark = /# @(\w+)$/.exec(this.source.split('\n')[line - 1]);
    return mark ? mark[1] : line;
  }

  async locals(stop) {
    const frameId = (await this.frame(stop)).id;
    const [scope] = (await this.client.scopesRequest({ frameId })).body.scopes;
    const { variables } = (await this.client.variablesRequest({ variablesReference: scope.variablesReference })).body;
    return { scope, values: Object.fromEntries(variables.map(({ name, value }) => [name, value])) };
  }

  async evaluate(stop, expression, context = 'repl') {
    return (await this.client.evaluateRequest({ expression, frameId: (await this.frame(stop)).id, context })).body.result;
  }

  /** Steps back from a stop of the program and comes back to it; `check` is given the stop in the past. */
  async looksBack(now, check) {
    const past = await this.move('stepBack', now);
    if (!/^In the past: /.test(past.description ?? '')) throw new Error(`not in the past: ${JSON.stringify(past)}`);
    await check(past);
    const again = await this.move('next', past);
    if (again.description !== 'Back to now') throw new Error(`not back: ${JSON.stringify(again)}`);
    return again;
  }
}

module.exports = { Debuggee, connected, firstLine, PATIENCE };
