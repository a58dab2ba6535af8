/** A JSON value as a person would write it down: names and values, not braces. */
export function Value({ value }: { value: unknown }) {
  if (Array.isArray(value) && value.every(isRecord) && value.length > 0) {
    return (
      <ol className="value-list">
        {value.map((each, index) => (
          <li key={index}>
            <Value value={each} />
          </li>
        ))}
      </ol>
    );
  }
  if (!isRecord(value)) return <span className="value">{inline(value)}</span>;
  return (
    <dl className="values">
      {Object.entries(value).map(([name, each]) => (
        <div key={name}>
          <dt>
            {name
              .replace(/([a-z\d])([A-Z])/g, '$1 $2')
              .replace(/_/g, ' ')
              .toLowerCase()}
          </dt>
          <dd>{isRecord(each) || Array.isArray(each) ? <Value value={each} /> : inline(each)}</dd>
        </div>
      ))}
    </dl>
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function inline(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(inline).join(', ');
  return JSON.stringify(value) ?? '';
}
