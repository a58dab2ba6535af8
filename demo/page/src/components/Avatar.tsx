import type { CSSProperties } from 'react';
import { hue, initials } from '../words';

export function Avatar({ id, name, agent = false }: { id: string; name: string; agent?: boolean }) {
  const style = { '--hue': hue(id) } as CSSProperties;
  return (
    <span
      className={agent ? 'avatar agent' : 'avatar'}
      style={style}
      data-initials={agent ? undefined : initials(name)}
      aria-hidden="true"
    >
      {agent && (
        <svg viewBox="0 0 24 24">
          <path d="M8 6v12M16 6v12M8 12c2.200-2.500 5.800 2.500 8 0" />
        </svg>
      )}
    </span>
  );
}
