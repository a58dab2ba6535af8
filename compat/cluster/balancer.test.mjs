// The load balancer that a cluster is tried with, before nodes that do nothing but say who they are.
import assert from 'node:assert/strict';
import http from 'node:http';
import net from 'node:net';
import { afterEach, describe, it } from 'node:test';
import { Balancer } from '../../cluster/balancer.mjs';
import { ApartBalancer, keysIn } from '../lib/apart.mjs';
import { pack } from '../lib/rawws.mjs';
import { range } from '../lib/inbox.mjs';
import { until, within } from '../lib/wait.mjs';

const open = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** A node whose answers are its name, and a body's size where there is one. */
class FakeNode {
  host = '127.0.0.1';
  ready = true;
  said = (name) => name;

  static async start(name) {
    const node = new FakeNode();
    open.push(node);
    node.server = http.createServer((request, response) => node.#answer(name, request, response));
    await new Promise((done) => node.server.listen(0, '127.0.0.1', done));
    node.port = node.server.address().port;
    return node;
  }

  async #answer(name, request, response) {
    if (request.url === '/readyz') return response.writeHead(this.ready ? 200 : 503).end();
    let size = 0;
    for await (const chunk of request) size += chunk.length;
    response.end(this.said(name) + (size ? ` ${size}` : ''));
  }

  close() {
    const closed = new Promise((done) => this.server.close(done));
    this.server.closeAllConnections();
    return closed;
  }
}

async function before(nodes, kind = Balancer, options = {}) {
  const balancer = new kind(nodes, options);
  open.unshift(balancer);
  await balancer.listen();
  return balancer;
}

/** One request on a connection of its own; what answers it. */
function ask({ port }, { path = '/', method = 'GET', body } = {}) {
  return new Promise((done, failed) => {
    const request = http.request({ host: '127.0.0.1', port, path, method, agent: false }, async (answer) => {
      let text = '';
      for await (const chunk of answer) text += chunk;
      done(text);
    });
    request.once('error', failed);
    request.end(body);
  });
}

async function inTurn(balancer, count) {
  const answers = [];
  for (const _ of range(count)) answers.push(await ask(balancer));
  return answers;
}

describe('the balancer', () => {
  it('gives each connection to the next node', async () => {
    const balancer = await before([await FakeNode.start('a'), await FakeNode.start('b'), await FakeNode.start('c')]);
    assert.deepEqual(await inTurn(balancer, 6), ['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('gives none to a node that is not ready, and some again when it is', async () => {
    const nodes = [await FakeNode.start('a'), await FakeNode.start('b')];
    nodes[0].ready = false;
    const balancer = await before(nodes);
    assert.deepEqual(await inTurn(balancer, 3), ['b', 'b', 'b']);
    nodes[0].ready = true;
    await until(() => balancer.ready.length === 2, 'the first one to be asked');
    assert.deepEqual((await inTurn(balancer, 4)).sort(), ['a', 'a', 'b', 'b']);
  });

  it('takes the next node for a connection that the first one refuses', async () => {
    const nodes = [await FakeNode.start('a'), await FakeNode.start('b')];
    const balancer = await before(nodes);
    await nodes[0].close();
    open.splice(open.indexOf(nodes[0]), 1);
    assert.deepEqual(await inTurn(balancer, 3), ['b', 'b', 'b']);
  });

  it('holds who comes while no node is ready until one is, and drops them in the end', async () => {
    const node = await FakeNode.start('a');
    node.ready = false;
    const patient = await before([node], Balancer, { heldMs: 20_000 });
    const hasty = await before([node], Balancer, { heldMs: 50 });
    const held = ask(patient);
    await assert.rejects(ask(hasty), { code: 'ECONNRESET' });
    node.ready = true;
    assert.equal(await held, 'a');
  });

  it('passes on what is large, both ways', async () => {
    const node = await FakeNode.start('a');
    node.said = () => 'x'.repeat(3_000_000);
    const balancer = await before([node]);
    const answer = await ask(balancer, { method: 'POST', body: Buffer.alloc(5_000_000) });
    assert.equal(answer, `${'x'.repeat(3_000_000)} 5000000`);
  });

  it('lets who has said all wait for the answer, and passes the end of it on', async () => {
    const balancer = await before([await FakeNode.start('a')]);
    const socket = net.connect({ host: '127.0.0.1', port: balancer.port });
    socket.end('GET / HTTP/1.0\r\n\r\n');
    let text = '';
    for await (const chunk of socket) text += chunk;
    assert.match(text, /\r\n\r\na$/);
    await until(() => balancer.connectionsTo(open.at(-1)) === 0, 'the connection to the node to end');
  });

  it('drops its clients when it is closed', async () => {
    const balancer = await before([await FakeNode.start('a')]);
    const socket = net.connect({ host: '127.0.0.1', port: balancer.port });
    const dropped = new Promise((done) => socket.once('close', done));
    socket.on('error', () => {}).resume();
    await until(() => balancer.connectionsTo(open.at(-1)) === 1, 'the connection to reach the node');
    await balancer.close();
    open.splice(open.indexOf(balancer), 1);
    await within(dropped, 5_000, 'the client to be dropped');
  });
});

describe('the balancer of the tests', () => {
  const connected = (key) => ({ action: 4, connectionId: 'x', connectionDetails: { clientId: 'ada', connectionKey: key, maxFrameSize: 1 } });

  it('finds the keys that nodes give out, in both formats', () => {
    for (const length of [1, 20, 31, 32, 110, 255, 256, 400]) {
      const key = 'aZ9_-'.repeat(80).slice(0, length);
      for (const frame of [Buffer.from(JSON.stringify(connected(key))), pack(connected(key))]) {
        assert.deepEqual([...keysIn(Buffer.concat([Buffer.from('connectionKe'), frame, frame]))], [key, key]);
        assert.deepEqual([...keysIn(frame.subarray(0, frame.indexOf(key) + length - 1))], []);
      }
    }
  });

  it('gives who shows a key another node than the one that gave it, whoever came between', async () => {
    const nodes = await Promise.all(['a', 'b', 'c'].map((name) => FakeNode.start(name)));
    for (const node of nodes) node.said = (name) => JSON.stringify(connected(`key-of-${name}`));
    const balancer = await before(nodes, ApartBalancer);
    await inTurn(balancer, 3);
    for (const name of ['a', 'a', 'b', 'c', 'c', 'b', 'b']) {
      for (const param of ['resume', 'recover']) {
        assert.doesNotMatch(await ask(balancer, { path: `/?v=6&${param}=key-of-${name}&x=1` }), new RegExp(`key-of-${name}`));
      }
    }
    assert.deepEqual(balancer.came, { elsewhere: 14, again: 0, unknown: 0 });
    await ask(balancer, { path: '/?resume=never-seen' });
    assert.equal(balancer.came.unknown, 1);
  });

  it('gives a node to who says nothing', async () => {
    const node = await FakeNode.start('a');
    const balancer = await before([node], ApartBalancer);
    const socket = net.connect({ host: '127.0.0.1', port: balancer.port });
    socket.on('error', () => {});
    await until(() => balancer.connectionsTo(node) === 1, 'the connection to reach the node');
    socket.destroy();
  });
});
