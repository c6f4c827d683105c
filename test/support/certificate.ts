import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for 127.0.0.1, signed by itself, and its key, in files that go with it. */
export class Certificate implements Disposable {
  private readonly folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  private readonly file = join(this.folder, 'cert.pem');
  private readonly key = join(this.folder, 'key.pem');

  constructor() {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    const files = ['-keyout', this.key, '-out', this.file];
    execFileSync('openssl', ['req', '-x509', ...curve, ...names, ...files], { stdio: 'pipe' });
  }

  /** What a client is to trust. */
  get ca(): Buffer {
    return readFileSync(this.file);
  }

  /** What makes a redis-server listen with it, beside its plain port. */
  args(tlsPort: number): readonly string[] {
    const files = ['--tls-cert-file', this.file, '--tls-key-file', this.key, '--tls-ca-cert-file', this.file];
    return ['--tls-port', `${tlsPort}`, ...files, '--tls-auth-clients', 'no'];
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
