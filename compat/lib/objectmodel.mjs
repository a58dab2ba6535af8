// What a channel's objects are after a list of operations: one site, so its order is all there is to it.
import { KIND } from './objects.mjs';

/** The value of object data as the SDK shows it in JSON. */
function plainOf(data) {
  if ('json' in data) return JSON.parse(data.json);
  if ('bytes' in data) return Buffer.isBuffer(data.bytes) ? data.bytes.toString('base64') : data.bytes;
  return data.string ?? data.number ?? data.boolean;
}

export class ObjectModel {
  #objects = new Map([['root', { map: new Map() }]]);

  /** Applies one operation; they have to come in the order of their serials. */
  apply({ action, objectId, mapSet, mapRemove, counterInc, mapCreate, counterCreate }) {
    const object = this.#of(objectId);
    if (object.deleted) return;
    switch (action) {
      case KIND.MAP_SET: object.map.set(mapSet.key, mapSet.value); break;
      case KIND.MAP_REMOVE: object.map.delete(mapRemove.key); break;
      case KIND.MAP_CLEAR: object.map.clear(); break;
      case KIND.COUNTER_INC: object.count += counterInc.number; break;
      case KIND.OBJECT_DELETE: object.deleted = true; break;
      case KIND.MAP_CREATE: this.#create(object, (o) => this.#initial(o, mapCreate.entries ?? {})); break;
      case KIND.COUNTER_CREATE: this.#create(object, (o) => (o.count += counterCreate.count ?? 0)); break;
      default: throw new Error(`no model of action ${action}`);
    }
  }

  #of(objectId) {
    if (!this.#objects.has(objectId)) this.#objects.set(objectId, objectId.startsWith('counter:') ? { count: 0 } : { map: new Map() });
    return this.#objects.get(objectId);
  }

  #create(object, initialise) {
    if (object.created) return;
    object.created = true;
    initialise(object);
  }

  // What was set before the object was made is newer than what it was made with.
  #initial({ map }, entries) {
    for (const [key, { data }] of Object.entries(entries)) if (!map.has(key)) map.set(key, data);
  }

  /** What stands under the root, as plain values; there must be no cycle in it. */
  value(objectId = 'root') {
    const { map, count } = this.#of(objectId);
    if (!map) return count;
    const alive = [...map].filter(([, data]) => !(data.objectId && this.#of(data.objectId).deleted));
    return Object.fromEntries(alive.map(([key, data]) => [key, data.objectId ? this.value(data.objectId) : plainOf(data)]));
  }
}
