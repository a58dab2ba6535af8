// Browser storage that may be full, forbidden or absent: the page then simply forgets.

function reading(area: () => Storage, key: string): string | null {
  try {
    return area().getItem(key);
  } catch {
    return null;
  }
}

function writing(area: () => Storage, key: string, value: string | null): void {
  try {
    if (value === null) area().removeItem(key);
    else area().setItem(key, value);
  } catch {
    // Nothing is lost but the memory of it.
  }
}

const PREFIX = 'holdfast-demo:';
const profile = (): Storage => window.localStorage;
const tab = (): Storage => window.sessionStorage;

/** Kept by the browser profile: shared by its windows. */
export const recall = (key: string): string | null => reading(profile, PREFIX + key);
export const remember = (key: string, value: string | null): void => writing(profile, PREFIX + key, value);

/** Kept by this tab alone, over reloads. */
export const recallHere = (key: string): string | null => reading(tab, PREFIX + key);
export const rememberHere = (key: string, value: string | null): void => writing(tab, PREFIX + key, value);
