export interface Choice {
  readonly id: string;
  readonly label: string;
}

export interface Wishes {
  readonly length: string;
  readonly tone: string;
  readonly stories: readonly string[];
  readonly by: { readonly length?: string; readonly tone?: string };
}

export interface Progress {
  readonly run: string;
  readonly doing: string;
  readonly words: number;
  /** How many words it is to have; 0 when nobody can say. */
  readonly wanted: number;
  readonly wishes: string;
}

export interface Totals {
  readonly answers: number;
  readonly words: number;
}

type Root = Readonly<Record<string, unknown>>;

export const LENGTHS: readonly (Choice & { readonly words: number })[];
export const TONES: readonly Choice[];
export const STORIES: readonly Choice[];
export const USUAL: Wishes;
export const keys: {
  readonly length: string;
  readonly tone: string;
  story(id: string): string;
  run(id: string): string;
  readonly answers: string;
  readonly words: string;
};
export function wishesIn(board: Root): Wishes;
export function progressIn(board: Root): readonly Progress[];
export function percent(progress: Pick<Progress, 'words' | 'wanted'>): number | undefined;
export function totalsIn(board: Root): Totals;
export function wishWords(wishes: Wishes): string;
