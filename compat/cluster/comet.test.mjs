// Comet, whose every request may reach another node than the one that has the connection.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs } from '../lib/config.mjs';
import { dataOf, inboxOf, range } from '../lib/inbox.mjs';
import { ACTION } from '../lib/raw.mjs';
import { RawComet } from '../lib/rawcomet.mjs';
import { clusterForAll, once, overComet } from '../lib/rig.mjs';
import { inState, until, within } from '../lib/wait.mjs';

const KEY = 'key=app.key:secret';
/** What an answer on its way may be held up by. */
const PROMPT_MS = 2_000;

const base = (node) => `http://127.0.0.1:${node.port}/comet`;

/** Connects at one node; every further request goes to the next one. */
async function wandering(nodes, stream) {
  const raw = await RawComet.connected(nodes[0], { stream });
  let asked = 0;
  const url = raw.url.bind(raw);
  raw.url = (verb) => {
    raw.base = base(nodes[++asked % nodes.length]);
    return url(verb);
  };
  raw.asked = () => asked;
  return raw;
}

describe('comet among nodes', { concurrency: 4 }, () => {
  const rig = clusterForAll({ args: configArgs('limits:\n  maxIdleInterval: 1s\n') });

  for (const stream of [true, false]) {
    const kind = stream ? 'streams' : 'long polls';
    once(rig, `a connection of ${kind} is asked and told through all nodes`, async ({ clients, server }) => {
      const name = unique('wandering');
      const raw = await wandering(server.nodes, stream);
      await raw.attach(name);
      const publisher = (await clients.connected({ at: server.nodes[1] })).channels.get(name);
      for (const i of range(10)) {
        await publisher.publish('n', `theirs ${i}`);
        assert.equal((await raw.publish(name, { name: 'n', data: `own ${i}` })).action, ACTION.ACK);
      }
      const heard = () => raw.frames(ACTION.MESSAGE, name).flatMap(({ messages }) => messages.map(({ data }) => data));
      const expected = range(10).flatMap((i) => [`theirs ${i}`, `own ${i}`]);
      await until(() => heard().length === expected.length, () => `all of them; heard ${heard()}`);
      assert.deepEqual(heard(), expected);
      assert.ok(raw.asked() > 10, `${raw.asked()} requests`);
      assert.equal(raw.status, undefined);
      await raw.close();
    });
  }

  once(rig, 'a stream asked for at another node is written as things happen', async ({ clients, server }) => {
    const name = unique('as-it-happens');
    const raw = await wandering(server.nodes.slice(0, 2), true);
    await raw.attach(name);
    const publisher = (await clients.connected({ at: server.nodes[2] })).channels.get(name);
    for (const i of range(10)) {
      const heard = raw.next(ACTION.MESSAGE, ({ messages }) => messages[0].data === String(i), { ms: PROMPT_MS });
      await publisher.publish('n', String(i));
      await heard;
    }
    await raw.close();
  });

  once(rig, 'a connection is closed, and one given up, through another node', async ({ clients, server }) => {
    const name = unique('closed');
    const [one, two, three] = server.nodes;
    const watcher = (await clients.connected({ at: three })).channels.get(name);
    const left = [];
    await watcher.presence.subscribe('leave', ({ clientId }) => left.push(clientId));
    await inState(watcher, 'attached');
    for (const verb of ['close', 'disconnect']) {
      const answer = await fetch(`${base(one)}/connect?v=6&stream=false&clientId=${verb}&remainPresentFor=100&${KEY}`);
      const [{ connectionDetails: { connectionKey } }] = await answer.json();
      const frames = [{ action: ACTION.ATTACH, channel: name }, { action: ACTION.PRESENCE, channel: name, msgSerial: 0, presence: [{ action: 2 }] }];
      const sent = await fetch(`${base(two)}/${connectionKey}/send?${KEY}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(frames) });
      assert.ok(sent.ok, `${sent.status}`);
      await until(async () => (await watcher.presence.get()).some(({ clientId }) => clientId === verb), 'the member to enter');
      const ended = await fetch(`${base(three)}/${connectionKey}/${verb}?${KEY}`, { method: 'POST' });
      assert.ok(ended.ok, `${verb}: ${ended.status} ${await ended.text()}`);
      await until(() => left.includes(verb), `${verb} to make the member leave`);
    }
  });

  once(rig, 'a key that is none is refused at every node alike', async ({ server }) => {
    const answers = await Promise.all(server.nodes.map(async (node) => {
      const answer = await fetch(`${base(node)}/nonsense/recv?${KEY}`);
      return [answer.status, (await answer.json()).error.code];
    }));
    assert.deepEqual(answers, [answers[0], answers[0], answers[0]]);
    assert.ok(answers[0][0] >= 400);
  });

  overComet(rig, 'an SDK hears and speaks, though each of its requests reaches the next node', async ({ clients, server }) => {
    const name = unique('sdk');
    const client = await clients.connected();
    const changes = [];
    client.connection.on((change) => changes.push(change.current));
    const channel = client.channels.get(name);
    const inbox = await inboxOf(channel);
    const other = (await clients.connected({ at: server.nodes[1] })).channels.get(name);
    for (const i of range(60)) await (i % 2 ? channel : other).publish('n', String(i));
    await inbox.count(60);
    assert.deepEqual(dataOf(inbox.items), range(60).map(String));
    assert.deepEqual(changes, [], 'it stays connected');
  });
});

describe('comet when the node of a connection is killed', () => {
  const rig = clusterForAll();

  overComet(rig, 'a client whose requests reach others goes on there', async ({ clients, server, proxy }) => {
    const name = unique('killed');
    const [dying, living] = server.nodes;
    const through = await proxy();
    through.target = dying.port;
    const client = await clients.connected({ at: through });
    const { id } = client.connection;
    const channel = client.channels.get(name);
    const inbox = await inboxOf(channel);
    await channel.publish('n', 'before');
    // From now on its requests reach another node, which asks the one that has the connection.
    through.target = living.port;
    await channel.publish('n', 'through another');
    await dying.kill();
    through.cut();
    await within(channel.publish('n', 'after'), 30_000, 'the acknowledgement');
    await inbox.count(3);
    assert.deepEqual(dataOf(inbox.items), ['before', 'through another', 'after']);
    assert.equal(client.connection.id, id);
    await dying.start();
    await server.balanced();
  }, { timeout: 120_000 });
});
