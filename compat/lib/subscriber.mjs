// What a subscriber makes of the messages it is given: once by version, once believing everything.
const join = (text, delta) => (Buffer.isBuffer(delta) ? Buffer.concat([text ?? Buffer.alloc(0), delta]) : (text ?? '') + (delta ?? ''));

/** Applies create, update, append and delete. `believing` compares no versions, so a repeat shows. */
export class Reader {
  texts = new Map();
  #versions = new Map();
  events = [];
  ignored = 0;

  constructor({ believing = false } = {}) {
    this.believing = believing;
  }

  take = (message) => {
    const { serial, action, data } = message;
    const version = message.version?.serial ?? serial;
    this.events.push({ action, serial, version, name: message.name, extras: message.extras, size: data?.length ?? 0 });
    if (!this.believing && this.#versions.has(serial) && version <= this.#versions.get(serial)) {
      this.ignored++;
      return;
    }
    this.#versions.set(serial, version);
    if (action === 'message.append') this.texts.set(serial, join(this.texts.get(serial), data));
    else this.texts.set(serial, data);
  };

  text(serial) {
    return this.texts.get(serial) ?? '';
  }
}

/** Where two texts part, for a failure one can read; null when they are equal. */
export function difference(actual, expected) {
  if (actual === expected) return null;
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at++;
  const near = (text) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return `lengths ${actual.length} and ${expected.length}; at ${at} it reads ${near(actual)} instead of ${near(expected)}`;
}
