/** Of Node, the operating system and the resolver. */
const NETWORK = new Set(
  [
    'ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ETIMEDOUT ENOTCONN ESHUTDOWN EPROTO ENOENT EACCES EPERM',
    'EHOSTUNREACH EHOSTDOWN ENETUNREACH ENETDOWN ENETRESET EADDRNOTAVAIL EADDRINUSE EMFILE ENFILE ENOBUFS',
    'ENOTFOUND ENODATA ESERVFAIL ETIMEOUT ECANCELED',
    'ERR_STREAM_DESTROYED ERR_STREAM_WRITE_AFTER_END ERR_STREAM_PREMATURE_CLOSE',
    'ERR_SOCKET_CLOSED ERR_SOCKET_CLOSED_BEFORE_CONNECTION ERR_SOCKET_CONNECTION_TIMEOUT',
  ].flatMap((codes) => codes.split(' ')),
);

/** Of the resolver, of TLS, and of OpenSSL about certificates. */
const NETWORK_FAMILY = /^(EAI_|ERR_SSL_|ERR_TLS_|CERT_|CRL_|UNABLE_TO_|(DEPTH_ZERO_)?SELF_SIGNED_CERT)/;

const IOREDIS_NAMES = new Set(['AbortError', 'InterruptError', 'MaxRetriesPerRequestError', 'ParserError']);

/** What ioredis says without a code; the last is of bytes that are no answer of a Redis. */
const IOREDIS_MESSAGES =
  /^(Connection is closed|connect ETIMEDOUT|Command timed out|Socket timeout|Stream isn't writeable)|Please report this\.$/;

/** Whether an error that is no answer of the server tells of the connection; any other is a mistake in the program. */
export function isUnreachable({ name, message }: Error, code: string): boolean {
  return NETWORK.has(code) || NETWORK_FAMILY.test(code) || IOREDIS_NAMES.has(name) || IOREDIS_MESSAGES.test(message);
}
