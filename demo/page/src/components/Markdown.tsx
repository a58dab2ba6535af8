import { memo, useMemo } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';

const PLUGINS = [remarkGfm];
const COMPONENTS: Components = {
  a: ({ node: _node, ...props }) => <a {...props} target="_blank" rel="noreferrer noopener" />,
  table: ({ node: _node, ...props }) => (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table {...props} />
    </div>
  ),
};

const Block = memo(function Block({ source }: { source: string }) {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={COMPONENTS}>
      {source}
    </ReactMarkdown>
  );
});

/** `data-source` is the text letter for letter; what is inside is how it reads. */
export function Markdown({ source, writing }: { source: string; writing: boolean }) {
  const blocks = useMemo(() => blocksOf(source), [source]);
  return (
    <div className={writing ? 'prose writing' : 'prose'} data-testid="message-text" data-source={source}>
      {blocks.map((block, index) => (
        <Block key={index} source={block} />
      ))}
    </div>
  );
}

const FENCE = /^ {0,3}(```|~~~)/;
/** A line that may belong to the block before it although a blank line stands between. */
const CONTINUES = /^(\s{2,}|\t|\s*[-*+]\s|\s*\d+[.)]\s|>|\|)/;

/** Cuts a text where a new block surely begins, so that a growing text renders its last block alone. */
export function blocksOf(source: string): readonly string[] {
  const blocks: string[] = [];
  let block: string[] = [];
  let fence = '';
  let blank = false;
  for (const line of source.split('\n')) {
    if (fence === '' && blank && line.trim() !== '' && !CONTINUES.test(line) && block.length > 0) {
      blocks.push(block.join('\n'));
      block = [];
    }
    const mark = FENCE.exec(line)?.[1] ?? '';
    if (fence === '') fence = mark;
    else if (mark === fence) fence = '';
    blank = line.trim() === '';
    block.push(line);
  }
  blocks.push(block.join('\n'));
  return blocks;
}
