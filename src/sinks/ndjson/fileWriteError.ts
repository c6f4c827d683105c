import { SluiceError } from '../../core/errors.ts';

/** Lines that can't be written. */
export class FileWriteError extends SluiceError {
  constructor(name: string, cause: Error) {
    super('FILE_WRITE', `can't write to ${name}: ${WHY[codeOf(cause) ?? ''] ?? cause.message}`, { cause });
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist',
  ENOTDIR: 'its directory is a file',
  EISDIR: 'it is a directory',
  EACCES: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EPIPE: 'its reader has gone',
  ERR_STREAM_DESTROYED: 'it was closed',
  ERR_STREAM_WRITE_AFTER_END: 'it has ended',
};

function codeOf(error: Error): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
