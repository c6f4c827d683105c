/** Where a server listens: a host and its port, or the path of a socket. */
export type Endpoint = { readonly host: string; readonly port: number } | { readonly path: string };

/** `host:port` or the path, for messages. */
export function nameOf(endpoint: Endpoint): string {
  if ('path' in endpoint) return endpoint.path;
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}
