import type { Notice } from '../core/notice.ts';

/** Tells a notice to whoever runs the process, as a `SluiceWarning`: nobody asked to be told otherwise. */
export function emitNotice({ level, code, message, error }: Notice): void {
  if (level === 'info') return;
  const detail = error?.stack;
  process.emitWarning(
    message,
    detail === undefined ? { type: 'SluiceWarning', code } : { type: 'SluiceWarning', code, detail },
  );
}
