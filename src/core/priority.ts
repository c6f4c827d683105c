/** The four tiers, most urgent first. Every per-tier loop in Sluice runs in this order. */
export const PRIORITIES = ['critical', 'high', 'normal', 'low'] as const;

/** One of four tiers. */
export type Priority = (typeof PRIORITIES)[number];

/** One value a tier. */
export type PerPriority<T> = Readonly<Record<Priority, T>>;

/** Builds a value for each tier, most urgent first. */
export function perPriority<T>(valueFor: (priority: Priority) => T): Record<Priority, T> {
  return {
    critical: valueFor('critical'),
    high: valueFor('high'),
    normal: valueFor('normal'),
    low: valueFor('low'),
  };
}
