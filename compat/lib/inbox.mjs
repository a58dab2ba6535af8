// Subscribing with a list one can await.
import { Inbox, inState } from './wait.mjs';

/** Subscribes, waits until the channel is attached and returns what arrives. */
export async function inboxOf(channel, ...filter) {
  const inbox = new Inbox();
  await channel.subscribe(...filter, inbox.add);
  await inState(channel, 'attached');
  return inbox;
}

export const range = (n, from = 0) => Array.from({ length: n }, (_, i) => from + i);
export const bytes = (...values) => Buffer.from(values);
export const dataOf = (items) => items.map(({ data }) => data);

/** All items of a paginated result, with the sizes of its pages. */
export async function allPages(page) {
  const items = [];
  const sizes = [];
  for (let at = page; at; at = at.hasNext() ? await at.next() : null) {
    items.push(...at.items);
    sizes.push(at.items.length);
  }
  return { items, sizes };
}
