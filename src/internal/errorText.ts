/** What a dead letter tells of an error. */
export interface ErrorText {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
}

/** Reads an error as text. Never throws: a getter of the application's must not keep a delivery from being settled. */
export function errorText(error: Error): ErrorText {
  const stack = read(error, 'stack', '');
  const text = {
    name: read(error, 'name', 'Error'),
    message: read(error, 'message', '(its message could not be read)'),
  };
  return stack === '' ? text : { ...text, stack };
}

function read(error: Error, property: 'name' | 'message' | 'stack', otherwise: string): string {
  try {
    const value: unknown = error[property];
    return value === undefined ? otherwise : String(value);
  } catch {
    return otherwise;
  }
}
