import { useEffect, useState } from 'react';
import { copyText } from '../clipboard';
import { Icon } from './Icon';

const SHOWN_MS = 1_600;

export function CopyButton({ text, className }: { text: () => string; className: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const label = copied ? 'Copied' : 'Copy this answer';
  return (
    <button
      type="button"
      className={className}
      data-testid="copy"
      aria-label={label}
      title={label}
      onClick={() => void copyText(text()).then(setCopied)}
    >
      <Icon name={copied ? 'check' : 'copy'} />
    </button>
  );
}
