/** `prefix0`, `prefix1`, … */
export function numbered(count: number, prefix = ''): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}
