/** 0 to 1 in steps of 2^-20: the same doubles as `uniform` of `reference/compute.py`. */
function* uniform(seed: number): Generator<number, never> {
  let x = seed;
  for (;;) {
    x = (69069 * x + 1) % 2 ** 31;
    yield Math.floor(x / 2 ** 11) / 2 ** 20;
  }
}

/** A walk that leaps now and then, as `long_walk` of `reference/compute.py`. */
export function* longWalk(count: number): Generator<number, void> {
  const random = uniform(7);
  let value = 100;
  for (let i = 0; i < count; i += 1) {
    value = Math.max(1, value + (random.next().value - 0.5));
    yield i % 100_003 === 7 ? value * 2 ** 30 : value;
  }
}
