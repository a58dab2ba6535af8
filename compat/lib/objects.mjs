// Objects of a channel: the SDK's own, and operations as frames of our choosing.
import { createHash, randomUUID } from 'node:crypto';
import { LiveCounter, LiveMap, LiveObjects } from 'ably/liveobjects';
import { ACTION, FLAG } from './raw.mjs';
import { until } from './wait.mjs';

export { LiveCounter, LiveMap };

/** Options of a client that can do objects. */
export const WITH_OBJECTS = { plugins: { LiveObjects } };
export const MODES = ['OBJECT_SUBSCRIBE', 'OBJECT_PUBLISH'];
export const MODE_FLAGS = FLAG.OBJECT_SUBSCRIBE | FLAG.OBJECT_PUBLISH;
export const KIND = { MAP_CREATE: 0, MAP_SET: 1, MAP_REMOVE: 2, COUNTER_CREATE: 3, COUNTER_INC: 4, OBJECT_DELETE: 5, MAP_CLEAR: 6 };

/** The channel with the modes of objects, and its root once it is synced. */
export async function rootOf(client, name, options = {}) {
  const channel = client.channels.get(name, { modes: MODES, ...options });
  return { client, channel, root: await channel.object.get() };
}

/** A client of its own for the channel's objects. */
export const joined = async (clients, name, options, channelOptions) =>
  rootOf(await clients.connected({ ...WITH_OBJECTS, ...options }), name, channelOptions);

/** The id an object made of this has to have. */
export function objectIdOf(type, initialValue, nonce, at = Date.now()) {
  return `${type}:${createHash('sha256').update(`${initialValue}:${nonce}`).digest('base64url')}@${at}`;
}

/** Operations as they go over the wire. */
export const op = {
  set: (objectId, key, value) => ({ action: KIND.MAP_SET, objectId, mapSet: { key, value } }),
  remove: (objectId, key) => ({ action: KIND.MAP_REMOVE, objectId, mapRemove: { key } }),
  increment: (objectId, number) => ({ action: KIND.COUNTER_INC, objectId, counterInc: { number } }),
  clear: (objectId) => ({ action: KIND.MAP_CLEAR, objectId, mapClear: {} }),
  refer: (objectId, key, to) => op.set(objectId, key, { objectId: to }),
  counter(count, nonce = randomUUID()) {
    const initialValue = JSON.stringify({ count });
    const objectId = objectIdOf('counter', initialValue, nonce);
    return { action: KIND.COUNTER_CREATE, objectId, counterCreateWithObjectId: { initialValue, nonce } };
  },
  map(entries = {}, nonce = randomUUID()) {
    const data = Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, { data: value }]));
    const initialValue = JSON.stringify({ semantics: 0, entries: data });
    const objectId = objectIdOf('map', initialValue, nonce);
    return { action: KIND.MAP_CREATE, objectId, mapCreateWithObjectId: { initialValue, nonce } };
  },
};

/** Attaches with these flags and resolves with ATTACHED and, where it promises them, the pages that follow. */
export async function attachedWith(raw, channel, { flags = MODE_FLAGS, ...more } = {}) {
  const since = raw.inbox.length;
  const attached = await raw.attach(channel, { flags, ...more });
  if (!(attached.flags & FLAG.HAS_OBJECTS)) return { attached, pages: [], objects: new Map() };
  return { attached, ...(await pagesSince(raw, channel, since)) };
}

/** The pages of one sync, begun after the first `since` frames, and what they say of each object. */
export async function pagesSince(raw, channel, since, ms = 20_000) {
  const isPage = (frame) => frame.action === ACTION.OBJECT_SYNC && frame.channel === channel;
  await raw.next(ACTION.OBJECT_SYNC, (frame) => isPage(frame) && cursorOf(frame).cursor === '', { since, ms });
  const pages = raw.inbox.items.slice(since).filter(isPage);
  return { pages, objects: objectsIn(pages) };
}

/** `sequence:cursor`, cut at the first colon; without one it is a page by itself. */
export function cursorOf({ channelSerial = ':' }) {
  const colon = channelSerial.indexOf(':');
  return { sequence: channelSerial.slice(0, colon), cursor: channelSerial.slice(colon + 1) };
}

/** Object states by id; the parts of a large map are put together, and no key may be in two. */
function objectsIn(pages) {
  const objects = new Map();
  for (const { object } of pages.flatMap(({ state }) => state)) {
    const known = objects.get(object.objectId);
    if (!known) objects.set(object.objectId, { ...object, ...(object.map && { map: { ...object.map, entries: { ...object.map.entries } } }) });
    else if (!object.map) throw new Error(`${object.objectId} came twice`);
    for (const [key, entry] of known ? Object.entries(object.map.entries ?? {}) : []) {
      if (key in known.map.entries) throw new Error(`${object.objectId} has ${key} twice`);
      known.map.entries[key] = entry;
    }
  }
  return objects;
}

/** What somebody sees who starts from the root, as plain values. */
export const seen = (root) => root.compactJson();

/** Waits until every one of these roots shows the same as `expected`. */
export async function agree(roots, expected, ms = 20_000) {
  const wanted = canonical(expected);
  const others = () => roots.map((root) => canonical(seen(root))).filter((text) => text !== wanted);
  await until(() => others().length === 0, () => `all to see ${wanted.slice(0, 400)}; seen: ${others()[0]?.slice(0, 400)}`, ms, 10);
}

/** JSON with sorted keys: equal values, equal texts. */
export function canonical(value) {
  const sorted = (_, v) => (v && typeof v === 'object' && !Array.isArray(v) ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1))) : v);
  return JSON.stringify(value, sorted);
}
