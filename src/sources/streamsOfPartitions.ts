/** The partitions of one stream. */
export interface StreamPartitions {
  readonly stream: string;
  /** `orders.0`, `orders.1`, …, by number. */
  readonly partitions: readonly string[];
}

/** Sorts the names of partitions by the streams that they are of. */
export function streamsOfPartitions(partitions: readonly string[]): readonly StreamPartitions[] {
  const byStream = new Map<string, string[]>();
  for (const partition of partitions) {
    const stream = partition.slice(0, partition.lastIndexOf('.'));
    const known = byStream.get(stream);
    if (known) known.push(partition);
    else byStream.set(stream, [partition]);
  }
  return [...byStream].map(([stream, names]) => ({ stream, partitions: names }));
}
