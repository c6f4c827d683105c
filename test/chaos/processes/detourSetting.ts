/** In a process's environment: pairs of a server's port and the proxy's for it, as JSON. */
export const DETOURS = 'CHAOS_DETOURS';
