// Who this browser profile is: an id that tokens are made for, and a name people read.
import { recall, remember } from './storage';

const FIRST = [
  'Amber',
  'Brisk',
  'Calm',
  'Coral',
  'Deft',
  'Dusky',
  'Fair',
  'Gentle',
  'Hazel',
  'Keen',
  'Lucid',
  'Merry',
  'Noble',
  'Quiet',
  'Sunny',
  'Tidal',
];
const SECOND = [
  'Curlew',
  'Dunlin',
  'Eider',
  'Fulmar',
  'Gannet',
  'Grebe',
  'Heron',
  'Kestrel',
  'Limpet',
  'Osprey',
  'Otter',
  'Petrel',
  'Plover',
  'Puffin',
  'Seal',
  'Tern',
];

export interface Identity {
  readonly clientId: string;
  readonly name: string;
  readonly device: string;
}

const pick = (list: readonly string[]): string => list[Math.floor(Math.random() * list.length)] ?? 'Guest';

function kept(key: string, make: () => string): string {
  const known = recall(key);
  if (known) return known;
  const made = make();
  remember(key, made);
  return made;
}

function deviceOf(agent: string): string {
  if (/iPad|Tablet/i.test(agent)) return 'tablet';
  if (/Mobi|Android|iPhone/i.test(agent)) return 'phone';
  return 'computer';
}

/** `?client=` and `?name=` win, so that two people can be tried in one browser. */
export function whoAmI(query: URLSearchParams): Identity {
  const asked = query.get('client');
  const valid = asked && /^(?!agent)[A-Za-z0-9._-]{1,64}$/i.test(asked) ? asked : null;
  return {
    clientId: valid ?? kept('client', () => `guest-${crypto.randomUUID().slice(0, 13)}`),
    name: (query.get('name') ?? kept('name', () => `${pick(FIRST)} ${pick(SECOND)}`)).slice(0, 40),
    device: deviceOf(navigator.userAgent),
  };
}

export const keepName = (name: string): void => remember('name', name);
