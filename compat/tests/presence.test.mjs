// Presence: who is there, across cuts, closes and a killed server.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { range } from '../lib/inbox.mjs';
import { ACTION, FLAG } from '../lib/raw.mjs';
import { inEveryWay, once, serverForAll } from '../lib/rig.mjs';
import { Inbox, inState, pause, rejection, until } from '../lib/wait.mjs';

const QUICKLY = { transportParams: { remainPresentFor: 1_000 } };

/** Subscribes to presence and returns what arrives as `action clientId` beside the raw events. */
async function watch(channel) {
  const inbox = new Inbox();
  await channel.presence.subscribe(inbox.add);
  await inState(channel, 'attached');
  return inbox;
}

const brief = (items) => items.map((m) => `${m.action} ${m.clientId}`);
const present = async (channel) => (await channel.presence.get()).map((m) => m.clientId).sort();
const settledOn = (channel, expected, ms) =>
  until(async () => JSON.stringify(await present(channel)) === JSON.stringify(expected), `members ${expected}`, ms, 50);

describe('presence', { concurrency: 6 }, () => {
  const rig = serverForAll();

  inEveryWay(rig, 'enter, update and leave are seen with their data by others', async ({ clients }) => {
    const name = unique('presence');
    const watcher = (await clients.connected()).channels.get(name);
    const inbox = await watch(watcher);
    const client = await clients.connected({ clientId: 'ada' });
    const channel = client.channels.get(name);
    await channel.presence.enter({ mood: 'fine' });
    await channel.presence.update('busy');
    await inbox.count(2);
    const [member] = await watcher.presence.get();
    assert.deepEqual([member.clientId, member.data, member.connectionId], ['ada', 'busy', client.connection.id]);
    await channel.presence.leave();
    await inbox.count(3);
    assert.deepEqual(brief(inbox.items), ['enter ada', 'update ada', 'leave ada']);
    assert.deepEqual(inbox.items.map((m) => m.data), [{ mood: 'fine' }, 'busy', 'busy']);
    assert.ok(inbox.items.every((m) => m.id.startsWith(`${client.connection.id}:`)));
    assert.deepEqual(await watcher.presence.get(), []);
  });

  inEveryWay(rig, 'a client that attaches later learns who is there', async ({ clients }) => {
    const name = unique('sync');
    const channel = (await clients.connected()).channels.get(name);
    for (const i of range(5)) await channel.presence.enterClient(`m${i}`, `data ${i}`);
    const late = (await clients.connected()).channels.get(name);
    const members = await late.presence.get();
    assert.deepEqual(members.map((m) => [m.clientId, m.data, m.action]).sort(), range(5).map((i) => [`m${i}`, `data ${i}`, 'present']));
    assert.deepEqual((await late.presence.get({ clientId: 'm3' })).map((m) => m.data), ['data 3']);
  });

  inEveryWay(rig, 'one client id on two connections is two members', async ({ clients }) => {
    const name = unique('twice');
    const one = await clients.connected({ clientId: 'ada' });
    const two = await clients.connected({ clientId: 'ada' });
    await one.channels.get(name).presence.enter('one');
    await two.channels.get(name).presence.enter('two');
    const watcher = (await clients.connected()).channels.get(name);
    await watcher.attach();
    assert.deepEqual((await watcher.presence.get()).map((m) => m.data).sort(), ['one', 'two']);
    await one.channels.get(name).presence.leave();
    await until(async () => (await watcher.presence.get()).length === 1, 'one to leave', 5_000, 20);
  });

  inEveryWay(rig, 'a hundred and fifty members come whole to everybody', async ({ clients }) => {
    const name = unique('many');
    const names = range(150).map((i) => `member-${String(i).padStart(3, '0')}`);
    const early = (await clients.connected()).channels.get(name);
    const inbox = await watch(early);
    const channel = (await clients.connected()).channels.get(name);
    await channel.attach();
    await Promise.all(names.map((member) => channel.presence.enterClient(member, 'x'.repeat(200))));
    await inbox.count(150);
    const late = (await clients.connected()).channels.get(name);
    assert.deepEqual(await present(late), names);
    assert.deepEqual(await present(early), names);
  });

  inEveryWay(rig, 'a closed connection leaves at once', async ({ clients }) => {
    const name = unique('close');
    const watcher = (await clients.connected()).channels.get(name);
    const inbox = await watch(watcher);
    const client = await clients.connected({ clientId: 'ada' });
    await client.channels.get(name).presence.enter();
    await inbox.count(1);
    const closing = performance.now();
    await clients.closeOne(client);
    await inbox.count(2, 5_000);
    assert.ok(performance.now() - closing < 2_000, 'without a grace');
    assert.deepEqual(brief(inbox.items), ['enter ada', 'leave ada']);
  });

  inEveryWay(rig, 'detach leaves', async ({ clients }) => {
    const name = unique('detach');
    const watcher = (await clients.connected()).channels.get(name);
    const inbox = await watch(watcher);
    const channel = (await clients.connected({ clientId: 'ada' })).channels.get(name);
    await channel.presence.enter();
    await channel.detach();
    await inbox.count(2, 5_000);
    assert.deepEqual(brief(inbox.items), ['enter ada', 'leave ada']);
  });

  inEveryWay(rig, 'a lost connection leaves after its grace', async ({ clients, proxy }) => {
    const name = unique('grace');
    const watcher = (await clients.connected()).channels.get(name);
    const inbox = await watch(watcher);
    const through = await proxy();
    const client = await clients.connected({ clientId: 'ada', at: through, ...QUICKLY });
    const own = await watch(client.channels.get(name));
    await client.channels.get(name).presence.enter('here');
    // the SDK enters again only what it has seen of itself
    await own.count(1);
    await inbox.count(1);
    const lost = performance.now();
    await through.refuse();
    await inbox.count(2, 10_000);
    const took = performance.now() - lost;
    assert.deepEqual(brief(inbox.items), ['enter ada', 'leave ada']);
    assert.ok(took > 700 && took < 6_000, `left after ${took} ms`);
    assert.ok(!inbox.items[1].id.startsWith(`${client.connection.id}:`), 'a leave on behalf has an id of its own');
    await through.accept();
    await inState(client.connection, 'connected');
    await inbox.when((items) => brief(items).at(-1) === 'enter ada', 'the member to come back');
    assert.deepEqual(await present(watcher), ['ada']);
  });

  inEveryWay(rig, 'a client that returns in time stays, without an event', async ({ clients, proxy }) => {
    const name = unique('return');
    const watcher = (await clients.connected()).channels.get(name);
    const inbox = await watch(watcher);
    const through = await proxy();
    const client = await clients.connected({ clientId: 'ada', at: through, transportParams: { remainPresentFor: 5_000 } });
    const channel = client.channels.get(name);
    await channel.presence.enter('here');
    await inbox.count(1);
    for (let i = 0; i < 3; i++) {
      const disconnected = new Promise((done) => client.connection.once('disconnected', done));
      await through.outage(300);
      await disconnected;
      await inState(client.connection, 'connected');
      await inState(channel, 'attached');
    }
    await pause(6_000);
    assert.deepEqual(brief(inbox.items), ['enter ada'], 'no leave and no second enter');
    assert.deepEqual(await present(watcher), ['ada']);
    await channel.presence.leave();
    await inbox.count(2);
  });

  inEveryWay(rig, 'presence needs a client id, and its own', async ({ clients }) => {
    const name = unique('identity');
    const { token } = await clients.rest().auth.requestToken({ clientId: 'ada' });
    const ada = (await clients.connected({ token })).channels.get(name);
    assert.ok((await rejection(ada.presence.enterClient('eve'))).code >= 40000);
    await ada.presence.enter();
    const { token: nameless } = await clients.rest().auth.requestToken({});
    const anonymous = (await clients.connected({ token: nameless })).channels.get(name);
    await anonymous.attach();
    assert.ok([40012, 91000].includes((await rejection(anonymous.presence.enter())).code));
    assert.deepEqual(await present(anonymous), ['ada']);
  });

  inEveryWay(rig, 'own enters are told apart by connection and survive a reattach', async ({ clients }) => {
    const name = unique('reattach');
    const channel = (await clients.connected({ clientId: 'ada' })).channels.get(name);
    const watcher = (await clients.connected()).channels.get(name);
    const inbox = await watch(watcher);
    await channel.presence.enter('x');
    await channel.setOptions({ params: { rewind: '1' } });
    await channel.presence.update('y');
    await inbox.count(2);
    assert.deepEqual(brief(inbox.items), ['enter ada', 'update ada']);
    assert.deepEqual(await present(watcher), ['ada']);
  });

  inEveryWay(rig, 'leaving what one is not in and updating what one is not in are no faults', async ({ raw }) => {
    const channel = unique('absent');
    const one = await raw.connected({ query: { clientId: 'ada' } });
    await one.attach(channel);
    assert.equal((await one.presence(channel, { action: 3 })).action, ACTION.ACK);
    assert.equal((await one.presence(channel, { action: 4, data: 'first' })).action, ACTION.ACK);
    const { presence } = await one.next(ACTION.PRESENCE);
    assert.deepEqual(presence.map(({ action, data }) => [action, data]), [[2, 'first']], 'an update enters, and the leave was of nobody');
  });

  inEveryWay(rig, 'one hears of one’s own members without the right to hear of others', async ({ raw }) => {
    const channel = unique('own');
    const [one, other] = [await raw.connected({ token: { clientId: 'ada', capability: { '*': ['presence'] } } }), await raw.connected({ query: { clientId: 'bob' } })];
    const attached = await one.attach(channel);
    assert.equal(attached.flags & FLAG.PRESENCE_SUBSCRIBE, 0);
    await other.presence(channel, { action: 2 });
    await one.presence(channel, { action: 2, data: 'mine' });
    const { presence } = await one.next(ACTION.PRESENCE);
    assert.deepEqual(presence.map(({ clientId, data }) => [clientId, data]), [['ada', 'mine']]);
    await one.settled();
    assert.equal(one.frames(ACTION.PRESENCE, channel).length, 1);
  });

  inEveryWay(rig, 'an entry sent again after a resume is the same and no news', async ({ raw }) => {
    const channel = unique('reenter');
    const watcher = await raw.connected();
    await watcher.attach(channel);
    const one = await raw.connected({ query: { clientId: 'ada' } });
    await one.presence(channel, { action: 2, data: 'here' });
    const entered = await watcher.next(ACTION.PRESENCE);
    const id = entered.presence[0].id ?? `${entered.id}:0`;
    await one.close();
    const two = await raw.connected({ query: { clientId: 'ada', resume: one.details.connectionDetails.connectionKey } });
    two.serial = 1;
    assert.equal((await two.presence(channel, { action: 2, id, data: 'here' })).action, ACTION.ACK);
    await two.presence(channel, { action: 4, data: 'later' });
    await watcher.next(ACTION.PRESENCE, ({ presence }) => presence[0].data === 'later');
    assert.deepEqual(watcher.frames(ACTION.PRESENCE, channel).flatMap(({ presence }) => presence.map(({ action }) => action)), [2, 4]);
  });
});

describe('presence when the server is killed', () => {
  const rig = serverForAll();

  once(rig, 'those who come back stay, those who do not leave after the restart', async ({ clients, server, proxy }) => {
    const name = unique('killed');
    const through = await proxy();
    const stay = range(4).map((i) => clients.realtime({ clientId: `stay${i}`, useBinaryProtocol: i % 2 === 0 }));
    const gone = await clients.connected({ clientId: 'gone', at: through });
    for (const client of stay) await client.channels.get(name).presence.enter('here');
    await gone.channels.get(name).presence.enter('here');
    const watcher = (await clients.connected()).channels.get(name);
    const inbox = await watch(watcher);
    await settledOn(watcher, ['gone', 'stay0', 'stay1', 'stay2', 'stay3']);
    const seen = inbox.length;
    await server.kill();
    await through.refuse();
    await server.launch();
    for (const client of stay) await inState(client.connection, 'connected', 20_000);
    await inState(watcher, 'attached');
    const fresh = (await clients.connected()).channels.get(name);
    await settledOn(fresh, ['gone', 'stay0', 'stay1', 'stay2', 'stay3'], 5_000).catch(() => {});
    assert.ok((await present(fresh)).filter((m) => m.startsWith('stay')).length === 4, 'all who came back are there');
    await settledOn(fresh, ['stay0', 'stay1', 'stay2', 'stay3'], 50_000);
    await settledOn(watcher, ['stay0', 'stay1', 'stay2', 'stay3'], 5_000);
    await pause(500);
    const since = inbox.items.slice(seen).filter((m) => m.action !== 'present');
    assert.deepEqual(brief(since), ['leave gone'], 'the only event is the one departure');
  }, { timeout: 120_000 });
});
