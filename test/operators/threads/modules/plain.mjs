/** @param {number} data */
export default (data) => data + 1;

/** @param {number} data */
export const twice = (data) => data * 2;
