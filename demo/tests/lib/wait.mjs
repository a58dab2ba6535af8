// Waiting for things that happen, each with a deadline that says what did not happen.

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** The promise's value, or an error naming `what` after `ms`. */
export function within(promise, ms, what) {
  let timer;
  const late = new Promise((_, reject) => {
    const say = () => (typeof what === 'function' ? what() : what);
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms for ${say()}`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Resolves with the first truthy value of `probe` (which may be async). For state nobody announces. */
export async function until(probe, what, ms = 10_000, every = 20) {
  const end = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > end) throw new Error(`waited ${ms} ms for ${typeof what === 'function' ? await what() : what}`);
    await pause(every);
  }
}
