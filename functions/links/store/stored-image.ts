/** DynamoDB's typed form of a value, as failed conditions and streams carry it. */
type TypedValue = Readonly<Record<string, unknown>>;

const fromTyped = (typed: TypedValue): unknown => {
  const [type, value] = Object.entries(typed)[0] ?? [];
  switch (type) {
    case 'S':
    case 'BOOL':
      return value;
    case 'N':
      return Number(value);
    case 'NULL':
      return null;
    case 'L':
      return (value as readonly TypedValue[]).map(fromTyped);
    case 'M':
      return fromImage(value as Readonly<Record<string, TypedValue>>);
    default:
      // A type that our records do not use is somebody else's attribute.
      return undefined;
  }
};

/** The plain item of an image; the document client translates neither errors nor stream records. */
export const fromImage = (image: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(image).map(([name, typed]) => [name, fromTyped(typed as TypedValue)]),
  );
