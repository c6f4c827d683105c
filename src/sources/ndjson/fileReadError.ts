import { PermanentError } from '../../core/errors.ts';

/** A recorded file that can't be opened, or not read to its end: a pipeline does not start again for it. */
export class FileReadError extends PermanentError {
  constructor(name: string, cause: Error) {
    super(`can't read '${name}': ${WHY[codeOf(cause) ?? ''] ?? cause.message}`, { cause }, 'FILE_READ');
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'permission is denied',
  Z_DATA_ERROR: 'its compressed data is damaged',
  Z_BUF_ERROR: 'its compressed data ends too early',
  ERR_STREAM_PREMATURE_CLOSE: 'it was closed before its end',
};

function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
