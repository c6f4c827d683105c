/**
 * The program and arguments that run npm; no shell is needed where npm itself started us.
 *
 * @param {...string} args
 * @returns {[string, ...string[]]}
 */
export const npmCommand = (...args) => {
  const npm = process.env['npm_execpath'];
  return npm?.endsWith('.js') ? [process.execPath, npm, ...args] : ['npm', ...args];
};
