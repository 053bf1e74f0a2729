// What people do with a debugger, as the scenarios of debugpy list it, each with a step back from where it stands.
const assert = require('assert');
const fs = require('fs');
const http = require('http');
const path = require('path');
const { spawn } = require('child_process');
const { Debuggee, connected, firstLine, PATIENCE } = require('./debuggee');

const CALLS = `\
def double(n):
    found = n * 2  # @found
    return found  # @return


total = 0  # @first
for n in (1, 2, 3):  # @loop
    total += double(n)  # @call
print("total", total)  # @print
`;

describe('a program that is debugged', function () {
  this.timeout(200000);
  let debuggee;
  let started = [];

  const launched = async (source) => { debuggee = await Debuggee.of(source); return debuggee; };
  const refused = (request, why) => assert.rejects(request, why);

  afterEach(async () => {
    for (const running of started) running.kill('SIGKILL');
    started = [];
    await debuggee.close();
    fs.rmSync(debuggee.folder, { recursive: true, force: true });
  });

  it('stops on entry, and steps over, in and out; each step can be taken back', async () => {
    const it = await launched(CALLS);
    let stop = await it.stops(undefined, { stopOnEntry: true });
    assert.strictEqual(stop.reason, 'entry');
    await it.breakAt({ call: {} });
    stop = await it.move('continue', stop);
    assert.strictEqual(await it.at(stop), 'call');
    stop = await it.move('stepIn', stop);
    assert.strictEqual(await it.at(stop), 'found');
    stop = await it.looksBack(stop, async (past) => assert.strictEqual(await it.at(past), 'call'));
    stop = await it.move('next', stop);
    assert.strictEqual(await it.at(stop), 'return');
    stop = await it.looksBack(stop, async (past) => assert.strictEqual(await it.at(past), 'found'));
    await it.breakAt({});
    stop = await it.move('stepOut', stop);
    assert.ok(['call', 'loop'].includes(await it.at(stop)));
    assert.strictEqual(await it.runsOut(stop), 0);
    assert.match(it.printed, /total 12/);
  });

  it('has breakpoints with conditions, hit counts and messages', async () => {
    const it = await launched(CALLS);
    let said = '';
    it.client.on('output', ({ body }) => { said += body.output; });
    let stop = await it.stops(() => it.breakAt({ found: { condition: 'n == 2' }, return: { logMessage: 'found {found}' }, call: { hitCondition: '3' } }));
    assert.strictEqual(await it.at(stop), 'found');
    assert.strictEqual((await it.locals(stop)).values.n, '2');
    stop = await it.looksBack(stop, async (past) => assert.strictEqual(await it.at(past), 'call'));
    stop = await it.move('continue', stop);
    assert.strictEqual(await it.at(stop), 'call');
    assert.strictEqual(await it.evaluate(stop, 'n'), '3');
    assert.strictEqual(await it.runsOut(stop), 0);
    assert.match(said, /found 2[\s\S]*found 4[\s\S]*found 6/);
  });

  it('stops at functions by name', async () => {
    const it = await launched(CALLS);
    const stop = await it.stops(() => it.client.setFunctionBreakpointsRequest({ breakpoints: [{ name: 'double' }] }));
    assert.strictEqual((await it.frame(stop)).name, 'double');
    const now = await it.looksBack(stop, async (past) => assert.strictEqual(await it.at(past), 'call'));
    await it.client.setFunctionBreakpointsRequest({ breakpoints: [] });
    assert.strictEqual(await it.runsOut(now), 0);
  });

  it('has variables that are set and expressions with effects now, and neither in the past', async () => {
    const it = await launched(CALLS);
    const stop = await it.stops(() => it.breakAt({ print: {} }));
    const { scope } = await it.locals(stop);
    await it.client.setVariableRequest({ variablesReference: scope.variablesReference, name: 'total', value: '40' });
    await it.evaluate(stop, 'total += 2');
    assert.strictEqual(await it.evaluate(stop, 'total', 'watch'), '42');
    const past = await it.move('stepBack', stop);
    const there = await it.locals(past);
    await refused(it.client.setVariableRequest({ variablesReference: there.scope.variablesReference, name: 'total', value: '1' }), /the past cannot be changed/);
    await refused(it.evaluate(past, 'print(1)'), /./);
    const now = await it.move('next', past);
    await it.breakAt({});
    assert.strictEqual(await it.runsOut(now), 0);
    assert.match(it.printed, /total 42/);
  });

  it('stops where exceptions are raised, and where one ends the program', async () => {
    const it = await launched(`\
def risky(n):
    limit = 10 - n  # @before
    raise ValueError(limit)  # @raise


try:
    risky(3)
except ValueError:
    print("caught")  # @caught
risky(4)
`);
    let stop = await it.stops(() => it.client.setExceptionBreakpointsRequest({ filters: ['raised'] }));
    assert.strictEqual(stop.reason, 'exception');
    const about = (await it.client.send('exceptionInfo', { threadId: stop.threadId })).body;
    assert.match(about.exceptionId, /ValueError/);
    stop = await it.looksBack(stop, async (past) => {
      assert.strictEqual(await it.at(past), 'before');
      assert.strictEqual((await it.locals(past)).values.n, '3');
    });
    await it.client.setExceptionBreakpointsRequest({ filters: ['uncaught'] });
    stop = await it.move('continue', stop);
    assert.strictEqual(stop.reason, 'exception');
    assert.strictEqual(await it.at(stop), 'raise');
    stop = await it.looksBack(stop, async (past) => assert.strictEqual((await it.locals(past)).values.n, '4'));
    assert.match(it.printed, /caught/);
    const last = await it.move('continue', stop);
    assert.match(last.description, /exit code 1[\s\S]*past is open/);
    assert.strictEqual(await it.runsOut(last), 1);
  });

  it('has threads, each with a past of its own', async () => {
    const it = await launched(`\
import threading


def work(number):
    doubled = number * 2  # @double
    print(doubled)  # @print


threads = [threading.Thread(target=work, args=(number,), name=f"worker-{number}") for number in (1, 2)]
for thread in threads:
    thread.start()
    thread.join()
`);
    let stop = await it.stops(() => it.breakAt({ print: {} }));
    for (const number of [1, 2]) {
      const name = `worker-${number}`;
      const { threads } = (await it.client.threadsRequest()).body;
      assert.strictEqual(threads.find((thread) => thread.id === stop.threadId).name, name);
      stop = await it.looksBack(stop, async (past) => {
        assert.strictEqual(await it.at(past), 'double');
        const actors = (await it.client.threadsRequest()).body.threads;
        assert.match(actors.find((actor) => actor.id === past.threadId).name, new RegExp(name));
        assert.strictEqual((await it.locals(past)).values.number, String(number));
      });
      if (number === 1) stop = await it.move('continue', stop);
    }
    assert.strictEqual(await it.runsOut(stop), 0);
  });

  it('is paused while it runs', async () => {
    const it = await launched(`\
import time

print("runs", flush=True)
going = True
while going:
    time.sleep(0.01)  # @nap
`);
    await it.begins();
    await it.prints(/runs/);
    const [{ id }] = (await it.client.threadsRequest()).body.threads;
    let stop = await it.move('pause', { threadId: id });
    assert.strictEqual(stop.reason, 'pause');
    await refused(it.client.send('restart', {}), /not restarted in place/);
    const past = await it.move('stepBack', stop);
    assert.match(past.description, /^In the past/);
    do { stop = await it.move('next', past); } while (stop.description !== 'Back to now');
    await it.evaluate(stop, 'going = False');
    assert.strictEqual(await it.runsOut(stop), 0);
  });

  it('has child processes, which are announced, have a past in sessions of their own and are actors of the same session', async () => {
    const it = await launched(`\
import subprocess, sys


def work(n):
    doubled = n * 2  # @double
    return doubled  # @back


if len(sys.argv) > 1:
    print(work(int(sys.argv[1])), flush=True)
    sys.stdin.readline()
else:
    child = subprocess.Popen([sys.executable, __file__, "21"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    said = child.stdout.readline()  # @said
    print(said)  # @print
    child.communicate("go")
`);
    const announced = it.client.waitForEvent('debugpyAttach', PATIENCE);
    const stopped = it.stops(() => it.breakAt({ back: {}, print: {} }));
    const other = await connected();
    const child = new Debuggee(it.source, other.client, other.close);
    child.program = it.program;
    try {
      const configuration = (await announced).body;
      const initialized = other.client.waitForEvent('initialized', PATIENCE);
      await other.client.initializeRequest();
      const attached = other.client.attachRequest(configuration);
      await initialized;
      await child.breakAt({ back: {} });
      const held = child.next();
      await other.client.configurationDoneRequest();
      await attached;
      assert.strictEqual(await child.at(await held), 'back');
      assert.strictEqual((await child.locals(await held)).values.doubled, '42');
      await child.looksBack(await held, async (before) => {
        assert.strictEqual(await child.at(before), 'double');
        assert.strictEqual((await child.locals(before)).values.n, '21');
      });
      await other.client.continueRequest({ threadId: (await held).threadId });
      const stop = await stopped;
      assert.strictEqual(await it.at(stop), 'print');
      const past = await it.move('stepBack', stop);
      assert.strictEqual(await it.at(past), 'said');
      const actors = (await it.client.threadsRequest()).body.threads;
      assert.strictEqual(new Set(actors.map((actor) => actor.name.split(' / ')[0])).size, 2, JSON.stringify(actors));
      const [{ id }] = (await it.client.send('gotoTargets', { source: { path: it.program }, line: it.line('back') })).body.targets;
      let there = it.next();
      await it.client.send('goto', { threadId: past.threadId, targetId: id });
      assert.strictEqual((await it.locals(await there)).values.doubled, '42');
      there = it.next();
      await it.client.send('causeway/travel', { now: true });
      assert.strictEqual((await there).description, 'Back to now');
      assert.strictEqual(await it.runsOut(stop), 0);
    } finally {
      await other.close();
      fs.rmSync(child.folder, { recursive: true, force: true });
    }
  });

  it('serves a request that is held, and looked at backwards', async () => {
    const it = await launched(`\
import http.server, json


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = self.path.strip("/")
        body = json.dumps({"hello": name}).encode()  # @body
        self.send_response(200)  # @respond
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("port", server.server_port, flush=True)
server.serve_forever()
`);
    const stopped = it.stops(() => it.breakAt({ respond: {} }));
    const port = Number((await it.prints(/port (\d+)/))[1]);
    const answer = new Promise((resolve, reject) => {
      http.get({ port, host: '127.0.0.1', path: '/world' }, (response) => {
        response.setEncoding('utf8');
        let text = '';
        response.on('data', (part) => { text += part; }).on('end', () => resolve(text));
      }).on('error', reject);
    });
    const stop = await it.looksBack(await stopped, async (past) => {
      assert.strictEqual(await it.at(past), 'body');
      assert.strictEqual((await it.locals(past)).values.name, "'world'");
    });
    await it.client.continueRequest({ threadId: stop.threadId });
    assert.deepStrictEqual(JSON.parse(await answer), { hello: 'world' });
    await it.client.send('terminate', {});
    await it.ended;
  });

  it('is attached to while it runs, then without a past', async () => {
    const it = await launched(`\
import debugpy, sys

print("port", debugpy.listen(("127.0.0.1", 0))[1], flush=True)
debugpy.wait_for_client()
value = 7
print(value)  # @print
`);
    const running = spawn(process.env.CAUSEWAY_TEST_PYTHON, [it.program], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(running);
    const port = Number((await firstLine(running)).split(' ')[1]);
    const initialized = it.client.waitForEvent('initialized', PATIENCE);
    await it.client.initializeRequest();
    const attached = it.client.attachRequest({ connect: { host: '127.0.0.1', port } });
    await Promise.race([initialized, attached.then(() => initialized)]);
    await it.breakAt({ print: {} });
    const stopped = it.next();
    await it.client.configurationDoneRequest();
    await attached;
    const stop = await stopped;
    assert.strictEqual(await it.at(stop), 'print');
    assert.strictEqual((await it.locals(stop)).values.value, '7');
    await refused(it.client.send('stepBack', { threadId: stop.threadId }), /no past/);
    const gone = new Promise((resolve) => running.once('exit', resolve));
    await it.leaves({ terminateDebuggee: false });
    assert.strictEqual(await gone, 0);
  });

  it('is ended by a disconnect while it is looked at, and its recording is whole', async () => {
    const it = await launched(CALLS);
    const past = await it.move('stepBack', await it.stops(() => it.breakAt({ found: {} })));
    assert.strictEqual(await it.at(past), 'call');
    await it.leaves({ terminateDebuggee: true });
    const kept = fs.readdirSync(path.join(it.folder, '.causeway')).filter((name) => !name.startsWith('.'));
    assert.strictEqual(kept.length, 1, kept.join());
    assert.match(kept[0], /^program-.*\.causeway$/);
    assert.doesNotMatch(it.printed, /total/);
  });

  it('stays open at its end, where "back to now" leads too', async () => {
    const it = await launched(CALLS);
    const stop = await it.stops(() => it.breakAt({ found: {} }), { stopAtEnd: true });
    await it.breakAt({});
    const end = await it.move('continue', stop);
    assert.match(end.description, /has ended with exit code 0[\s\S]*continue to finish/);
    const place = await it.frame(end);
    const past = await it.move('stepBack', end);
    assert.match(past.description, /^In the past: /);
    const again = it.next();
    await it.client.send('causeway/travel', { now: true });
    const now = await again;
    assert.match(now.description, /has ended with exit code 0/);
    assert.strictEqual((await it.frame(now)).line, place.line);
    assert.strictEqual(await it.runsOut(now), 0);
  });
});
