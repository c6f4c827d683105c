/** The longest a timer can wait, in ms; Node fires one that is to wait longer at once. */
export const LONGEST_MS = 2_147_483_647;
