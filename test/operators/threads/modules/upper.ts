/** Answers in capitals; data of one word say what else to do. */
export default function upper(data: string): string {
  return data.toUpperCase();
}
