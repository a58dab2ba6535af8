// What is refused, with which code, in every way that frames can go; and that only what was refused suffers.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { unique } from '../lib/clients.mjs';
import { configArgs, FROZEN } from '../lib/config.mjs';
import { range } from '../lib/inbox.mjs';
import { jwt } from '../lib/jwt.mjs';
import { ACTION, FLAG } from '../lib/raw.mjs';
import { inEveryWay, serverForAll } from '../lib/rig.mjs';
import { within } from '../lib/wait.mjs';

const MEMBERS = 3;

/** Expects a NACK with this code and a connection that goes on. */
async function nacked(one, reply, code) {
  assert.deepEqual([reply.action, reply.error?.code], [ACTION.NACK, code], JSON.stringify(reply));
  assert.ok(reply.error.statusCode >= 400 && reply.error.message.length > 0);
  const next = await one.publish(unique('after'), { name: 'n' });
  assert.equal(next.action, ACTION.ACK);
}

describe('refused', { concurrency: 6 }, () => {
  const rig = serverForAll({ args: configArgs(`limits:\n  presenceMembers: ${MEMBERS}\n`) });

  inEveryWay(rig, 'credentials that are not good, each with its code and none with a channel', async ({ raw, clients }) => {
    const { token } = await clients.rest().auth.requestToken();
    const cases = [
      [{ key: 'app.key:wrong' }, 40101, 401],
      [{ key: 'nobody.key:secret' }, 40101, 401],
      [{ key: 'app.other:secret' }, 40400, 401],
      [{ key: 'gibberish' }, 40101, 401],
      [{ key: null }, 40101, 401],
      [{ token: { ttlMs: -5_000 } }, 40142, 401],
      [{ token: { secret: 'wrong' } }, 40144, 401],
      [{ token: { header: { alg: 'none' } } }, 40144, 401],
      [{ token: { claims: { 'x-ably-capability': '{not json' } } }, 40144, 401],
      [{ token: { keyName: 'app.other' } }, 40400, 404],
      [{ token: `${token.slice(0, -4)}AAAA` }, 40143, 401],
      [{ token: 'nonsense' }, 40101, 401],
      [{ token: 'nobody.abcdefgh' }, 40400, 404],
    ];
    for (const [options, code, status] of cases) {
      const one = await raw.open(options);
      const frame = await one.next(ACTION.ERROR);
      assert.deepEqual([frame.error.code, frame.error.statusCode, 'channel' in frame], [code, status, false], `${JSON.stringify(options)}: ${frame.error.message}`);
      await within(one.closed, 5_000, 'the end');
    }
  });

  inEveryWay(rig, 'a connection whose token has ended, until it has another', async ({ raw, clients }) => {
    const { token } = await clients.rest().auth.requestToken({ ttl: 2_500 });
    const one = await raw.connected({ token });
    const { error } = await one.next(ACTION.DISCONNECTED);
    assert.deepEqual([error.code, error.statusCode], [40142, 401]);
    await within(one.closed, 5_000, 'the end');
    const two = await raw.connected({ token: jwt(), query: { resume: one.details.connectionDetails.connectionKey } });
    assert.equal(two.details.connectionId, one.details.connectionId);
  });

  inEveryWay(rig, 'what is too large, whatever makes it so, and nothing at the limit', async ({ raw }) => {
    const one = await raw.connected({ query: { clientId: 'ada' } });
    const limit = one.details.connectionDetails.maxMessageSize;
    const channel = unique('size');
    await nacked(one, await one.publish(channel, { data: 'x'.repeat(limit + 1) }), 40009);
    await nacked(one, await one.publish(channel, { name: 'n'.repeat(limit), data: 'x' }), 40009);
    await nacked(one, await one.publish(channel, { extras: { headers: { a: 'x'.repeat(limit) } } }), 40009);
    await nacked(one, await one.publish(channel, ...range(2).map(() => ({ data: 'x'.repeat(limit / 2 + 1) }))), 40009);
    await nacked(one, await one.presence(channel, { action: 2, data: 'x'.repeat(limit + 1) }), 40009);
    assert.equal((await one.publish(channel, { name: 'n', data: 'x'.repeat(limit - 1) })).action, ACTION.ACK);
  });

  inEveryWay(rig, 'messages with wrong ids, extras or clients, and those that ask for it', async ({ raw }) => {
    const one = await raw.connected({ token: { clientId: 'ada' } });
    const channel = unique('shape');
    await nacked(one, await one.publish(channel, { id: 'a:0' }, { id: 'b:1' }), 40031);
    await nacked(one, await one.publish(channel, { id: 'a:0' }, {}), 40031);
    await nacked(one, await one.publish(channel, { extras: 'text' }), 40032);
    await nacked(one, await one.publish(channel, { clientId: 'eve' }), 40012);
    await nacked(one, await one.publish(channel, { clientId: '*' }), 40012);
    await nacked(one, await one.request({ action: ACTION.MESSAGE, channel, messages: [{}], params: { _forceNack: 'true' } }), 40099);
    await nacked(one, await one.publish('', { name: 'n' }), 40010);
    await nacked(one, await one.publish(':leading', { name: 'n' }), 40010);
  });

  inEveryWay(rig, 'channels of no possible name, one by one', async ({ raw }) => {
    const one = await raw.connected({ query: { clientId: 'ada' } });
    for (const channel of ['', '[bad', ':leading']) {
      for (const answer of [await one.attach(channel), await one.detach(channel)]) {
        assert.deepEqual([answer.action, answer.channel, answer.error.code, answer.error.statusCode], [ACTION.ERROR, channel, 40010, 400]);
      }
      await nacked(one, await one.presence(channel, { action: 2 }), 40010);
    }
    assert.equal((await one.attach(unique('good'))).action, ACTION.ATTACHED);
  });

  inEveryWay(rig, 'members without a name, with that of another, and one too many', async ({ raw }) => {
    const channel = unique('members');
    const [nobody, ada, all] = [await raw.connected({ token: {} }), await raw.connected({ token: { clientId: 'ada' } }), await raw.connected()];
    await nacked(nobody, await nobody.presence(channel, { action: 2 }), 91000);
    await nacked(nobody, await nobody.presence(channel, { action: 2, clientId: 'eve' }), 40012);
    await nacked(ada, await ada.presence(channel, { action: 2, clientId: 'eve' }), 40012);
    await nacked(all, await all.presence(channel, { action: 2, clientId: '*' }), 40012);
    await nacked(all, await all.presence(channel, { action: 2 }), 40012);
    for (const i of range(MEMBERS)) assert.equal((await all.presence(channel, { action: 2, clientId: `m${i}` })).action, ACTION.ACK);
    await nacked(ada, await ada.presence(channel, { action: 2 }), 91003);
    assert.equal((await all.presence(channel, { action: 3, clientId: 'm0' })).action, ACTION.ACK);
    assert.equal((await ada.presence(channel, { action: 2 })).action, ACTION.ACK, 'there is room again');
  });

  inEveryWay(rig, 'what the capability does not name, frame by frame', async ({ raw }) => {
    const base = unique('cap');
    const capability = { [`${base}:read`]: ['subscribe'], [`${base}:write`]: ['publish'] };
    const one = await raw.connected({ token: { clientId: 'ada', capability } });
    const none = await one.attach(`${base}:none`);
    assert.deepEqual([none.action, none.error.code, none.error.statusCode], [ACTION.ERROR, 40160, 401]);
    await one.attach(`${base}:read`);
    for (const reply of [
      await one.publish(`${base}:read`, { name: 'n' }),
      await one.presence(`${base}:read`, { action: 2 }),
      await one.annotate(`${base}:read`, { messageSerial: 'x', type: 'n:flag.v1' }),
      await one.publish(`${base}:read`, { action: 1, serial: 'x', data: 'y' }),
    ]) assert.deepEqual([reply.action, reply.error?.code, reply.error?.statusCode], [ACTION.NACK, 40160, 401]);
    assert.equal((await one.publish(`${base}:write`, { name: 'n' })).action, ACTION.ACK);
    assert.ok(one.frames(ACTION.ERROR, `${base}:read`).length === 0, 'the attachment goes on');
  });

  inEveryWay(rig, 'changes and annotations of what is not there, is another’s, or may not change', async ({ raw }) => {
    const channel = unique('change');
    const capability = { '*': ['publish', 'subscribe', 'annotation-publish', 'message-update-own', 'message-delete-own'] };
    const [ada, eve, nobody] = await Promise.all(['ada', 'eve', undefined].map((clientId) => raw.connected({ token: { clientId, capability } })));
    const [serial] = (await ada.publish(channel, { data: 'mine' })).res[0].serials;
    for (const action of [1, 2, 5]) {
      await nacked(eve, await eve.publish(channel, { action, serial, data: 'x' }), 40160);
      await nacked(nobody, await nobody.publish(channel, { action, serial, data: 'x' }), 40166);
      await nacked(ada, await ada.publish(channel, { action, serial: 'no-such-serial', data: 'x' }), 40400);
      await nacked(ada, await ada.publish(channel, { action, data: 'x' }), 40003);
      await nacked(ada, await ada.publish(channel, { action, serial, data: 'x', version: { metadata: { why: 1 } } }), 40003);
      await nacked(ada, await ada.publish(`${FROZEN}:x`, { action, serial, data: 'x' }), 93002);
    }
    for (const action of [3, 4]) await nacked(ada, await ada.publish(channel, { action, serial }), 40000);
    await nacked(ada, await ada.annotate(channel, { messageSerial: serial, type: 'n:nonsense' }), 40003);
    await nacked(ada, await ada.annotate(channel, { messageSerial: 'no-such-serial', type: 'n:flag.v1' }), 40400);
    await nacked(ada, await ada.annotate(`${FROZEN}:x`, { messageSerial: serial, type: 'n:flag.v1' }), 93002);
    const watching = await ada.attach(`${FROZEN}:x`, { flags: FLAG.ANNOTATION_SUBSCRIBE });
    assert.ok([40160, 93002].includes(watching.error.code));
    assert.equal((await ada.publish(channel, { action: 1, serial, data: 'changed' })).action, ACTION.ACK);
    assert.equal((await ada.publish(channel, { action: 2, serial })).action, ACTION.ACK);
  });

  inEveryWay(rig, 'extras that need a right of their own, from who has it not', async ({ raw }) => {
    const channel = unique('privileged');
    const message = { name: 'n', extras: { privileged: { seal: 'x' }, headers: { a: 'b' } } };
    const as = (...operations) => raw.connected({ token: { clientId: 'ada', capability: { '*': ['publish', 'subscribe', 'message-update-own', ...operations] } } });
    const [plain, trusted] = [await as(), await as('privileged-headers')];
    await nacked(plain, await plain.publish(channel, message), 40160);
    const [serial] = (await trusted.publish(channel, message)).res[0].serials;
    await nacked(plain, await plain.publish(channel, { action: 1, serial, ...message }), 40160);
    await plain.attach(channel, { params: { rewind: '1' } });
    assert.deepEqual((await plain.next(ACTION.MESSAGE)).messages[0].extras, message.extras);
  });
});
