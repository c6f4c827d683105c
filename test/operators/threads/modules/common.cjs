/** @param {number} data */
module.exports = (data) => data + 1;
