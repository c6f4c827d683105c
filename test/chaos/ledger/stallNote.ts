/** The code of a note that a process stood still, for want of a processor say; its message is for how many ms. */
export const STALLED = 'STALLED';
