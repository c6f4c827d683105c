/*
 * Leads this process's connections to the servers through the harness's proxy: imported before any driver. A cluster and
 * sentinels name their nodes themselves, so it is the port that is exchanged, at the moment of connecting.
 */
import { Socket } from 'node:net';
import { DETOURS } from './detourSetting.ts';

const ports = new Map(JSON.parse(process.env[DETOURS] ?? '[]') as readonly (readonly [number, number])[]);

type Connect = (this: Socket, ...args: unknown[]) => Socket;

const connect = Socket.prototype.connect as Connect;

// `net.connect` hands over its arguments as one array, with the options first.
(Socket.prototype as unknown as { connect: Connect }).connect = function (this: Socket, ...args) {
  const [first] = args;
  if (Array.isArray(first)) first[0] = detoured(first[0]);
  else args[0] = detoured(first);
  return connect.apply(this, args);
};

function detoured(options: unknown): unknown {
  if (typeof options !== 'object' || options === null) return options;
  const port = ports.get(Number((options as { port?: unknown }).port));
  return port === undefined ? options : { ...options, port };
}
