import { catchError, map, type Observable } from 'rxjs';
import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import { InvalidOptionError } from '../../core/errors.ts';
import {
  HTTP_OPTION_NAMES,
  HttpClient,
  type HttpOptions,
  HttpRateLimitError,
  type HttpReply,
  type HttpRequest,
  HttpStatusError,
  type SeenLimit,
} from '../http/index.ts';
import { DatagovKeyError, DatagovNotFoundError, DatagovRequestError } from './datagovErrors.ts';
import { type Fields, fieldsOf, isFields, textOrNothing } from './reading.ts';

export interface DatagovOptions extends HttpOptions {
  /**
   * By the gateway of api.data.gov, which is the official way and takes a key, or from the catalog itself, which takes none
   * and has more: `publishers`, `stats`, `dataset` by id.
   * @default 'gateway'
   */
  readonly via?: 'gateway' | 'direct';
  /**
   * For the gateway; from https://api.data.gov/signup, it allows 1,000 requests in an hour. Nothing shows it.
   * @default the environment's DATAGOV_API_KEY, else 'DEMO_KEY': 30 requests an hour and 50 a day for an address
   */
  readonly key?: string;
  /** @default 'https://api.gsa.gov/technology/datagov/v4', or 'https://catalog.data.gov' */
  readonly baseUrl?: string | URL;
}

const OPTION_NAMES: OptionNames<DatagovOptions> = { ...HTTP_OPTION_NAMES, via: true, key: true, baseUrl: true };

const BASES = { gateway: 'https://api.gsa.gov/technology/datagov/v4', direct: 'https://catalog.data.gov' };
const DEMO_KEY = 'DEMO_KEY';
const SIGN_UP = 'get a key of your own at https://api.data.gov/signup';

/** The calls under everything: paths by way, errors by name. */
export class DatagovApi {
  readonly via: 'gateway' | 'direct';
  private readonly http: HttpClient;
  private readonly isDemo: boolean;

  constructor(options: DatagovOptions) {
    checkOptions('options', options, OPTION_NAMES);
    const { via = 'gateway', key: ownKey, ...http } = options;
    if (!(via in BASES)) throw new InvalidOptionError('via', via, "'gateway' or 'direct'");
    const key = ownKey ?? (process.env['DATAGOV_API_KEY'] || DEMO_KEY);
    this.via = via;
    this.isDemo = via === 'gateway' && key === DEMO_KEY;
    this.http = new HttpClient({
      ...http,
      baseUrl: options.baseUrl ?? BASES[via],
      ...(via === 'gateway' && { key: { header: 'X-Api-Key', value: key } }),
    });
    if (this.isDemo) warnOfDemoKey();
  }

  /** What the gateway last said of its limit. */
  get limit(): SeenLimit {
    return this.http.limit;
  }

  /** @param path as the gateway has it; the catalog has all but a few below `/api` */
  get(path: string, query: HttpRequest['query'] & {} = {}): Observable<Fields> {
    return this.named(this.http.json({ path: this.pathOf(path), query })).pipe(
      map(({ body, url }) => fieldsOf(body, `the answer of ${url}`)),
    );
  }

  text(path: string): Observable<HttpReply<string>> {
    return this.named(this.http.text({ path: this.pathOf(path), headers: { accept: '*/*' } }));
  }

  private pathOf(path: string): string {
    return this.via === 'gateway' || /^\/(search|harvest_record)/.test(path) ? path : `/api${path}`;
  }

  private named<T>(reply: Observable<T>): Observable<T> {
    return reply.pipe(
      catchError((error: unknown) => {
        throw this.known(error);
      }),
    );
  }

  /** Both APIs' own words for what they have not and what they do not take. */
  private known(error: unknown): unknown {
    if (error instanceof HttpRateLimitError && this.isDemo) {
      const message = `${error.message}; DEMO_KEY allows 30 requests an hour and 50 a day: ${SIGN_UP}`;
      const { url, status, excerpt, retryable } = error;
      return new HttpRateLimitError(message, { url, status, excerpt, retryable, cause: error }, error.retryAfterMs);
    }
    if (!(error instanceof HttpStatusError)) return error;
    const { status } = error;
    const said = saidIn(error.body) ?? error.message;
    if (status === 403 && keyCodeOf(error.body)) return keyError(said, error, keyCodeOf(error.body) ?? '');
    if (status === 404) return new DatagovNotFoundError(`Data.gov does not have ${error.url}: ${said}`, error);
    if (status === 400) return new DatagovRequestError(said, error);
    return error;
  }
}

/** `{error: {code, message}}` of the gateway; `{error, message}`, `{message, detail}` or `{error}` of the catalog. */
function saidIn(body: unknown): string | undefined {
  if (!isFields(body)) return undefined;
  const { error, message } = body;
  if (isFields(error)) return textOrNothing(error['message']);
  return (
    textOrNothing(message) ?? textOrNothing(error) ?? (Array.isArray(body['results']) ? 'nothing found' : undefined)
  );
}

function keyCodeOf(body: unknown): string | undefined {
  const error = isFields(body) ? body['error'] : undefined;
  const code = isFields(error) ? textOrNothing(error['code']) : undefined;
  return code?.startsWith('API_KEY_') ? code : undefined;
}

const REMEDIES: Readonly<Record<string, string>> = {
  API_KEY_MISSING: `pass \`key\` or set DATAGOV_API_KEY; ${SIGN_UP}`,
  API_KEY_INVALID: `see whether \`key\` or DATAGOV_API_KEY was copied whole, or ${SIGN_UP}`,
  API_KEY_DISABLED: `the key was switched off: ask api.data.gov why, or ${SIGN_UP}`,
  API_KEY_UNVERIFIED: 'follow the link in the mail that came with the key',
  API_KEY_UNAUTHORIZED: `the key is not for this API: ${SIGN_UP}`,
};

function keyError(said: string, cause: HttpStatusError, code: string): DatagovKeyError {
  return new DatagovKeyError(`${code}: ${said}. ${REMEDIES[code] ?? SIGN_UP}`, cause, code);
}

let warned = false;

function warnOfDemoKey(): void {
  if (warned) return;
  warned = true;
  process.emitWarning(`Data.gov is asked with DEMO_KEY: 30 requests an hour and 50 a day; ${SIGN_UP}`, {
    type: 'SluiceWarning',
    code: 'SLUICE_DATAGOV_DEMO_KEY',
  });
}
