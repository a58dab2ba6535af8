// What people here were called, also after they have left.
import { recall, remember } from '../storage';
import type { Member } from '../hooks/usePresence';

const KEPT = 50;

export class Names {
  readonly #names: Map<string, string>;

  constructor(private readonly session: string) {
    this.#names = new Map(read(session));
  }

  note(members: readonly Member[]): void {
    const news = members.filter(({ clientId, name }) => this.#names.get(clientId) !== name);
    if (news.length === 0) return;
    for (const { clientId, name } of news) this.#names.set(clientId, name);
    remember(`names:${this.session}`, JSON.stringify([...this.#names].slice(-KEPT)));
  }

  of(clientId: string): string {
    return this.#names.get(clientId) ?? 'Guest';
  }
}

function read(session: string): readonly (readonly [string, string])[] {
  try {
    return JSON.parse(recall(`names:${session}`) ?? '[]') as readonly (readonly [string, string])[];
  } catch {
    return [];
  }
}
