import { asyncScheduler, catchError, map, type Observable, tap } from 'rxjs';
import { checkOptions, type OptionNames } from '../../core/checkOptions.ts';
import { SluiceError } from '../../core/errors.ts';
import { HTTP_OPTION_NAMES, HttpClient, type HttpOptions, type HttpRequest, HttpStatusError } from '../http/index.ts';
import { DbnomicsNotFoundError, DbnomicsRequestError } from './dbnomicsErrors.ts';
import { HealthBook } from './providerHealth.ts';
import { type Fields, fieldsOf, isFields } from './reading.ts';

export interface DbnomicsOptions extends HttpOptions {
  /** @default 'https://api.db.nomics.world/v22' */
  readonly baseUrl?: string | URL;
  /** Where filters are applied. @default 'https://editor.nomics.world/api/v1' */
  readonly editorUrl?: string | URL;
}

const OPTION_NAMES: OptionNames<DbnomicsOptions> = { ...HTTP_OPTION_NAMES, baseUrl: true, editorUrl: true };

/** The calls under everything: JSON objects, errors by name, health by provider. */
export class DbnomicsApi {
  readonly health: HealthBook;
  private readonly http: HttpClient;
  private readonly editor: HttpClient;

  constructor(options: DbnomicsOptions) {
    checkOptions('options', options, OPTION_NAMES);
    const { baseUrl = 'https://api.db.nomics.world/v22', editorUrl = 'https://editor.nomics.world/api/v1' } = options;
    this.http = new HttpClient({ ...options, baseUrl });
    this.editor = new HttpClient({ ...options, baseUrl: editorUrl });
    this.health = new HealthBook(() => (options.scheduler ?? asyncScheduler).now());
  }

  /** @param providers whom the call is about */
  get(path: string, query: HttpRequest['query'] & {}, providers: Iterable<string> = []): Observable<Fields> {
    return this.call(this.http, { path, query }, providers);
  }

  apply(json: unknown): Observable<Fields> {
    return this.call(this.editor, { path: '/apply', json }, []);
  }

  private call(http: HttpClient, request: HttpRequest, providers: Iterable<string>): Observable<Fields> {
    return http.json(request).pipe(
      map(({ body, url }) => fieldsOf(body, `the answer of ${url}`)),
      catchError((error: unknown) => {
        throw known(error);
      }),
      tap({
        next: () => this.health.succeeded(providers),
        error: (error: unknown) => this.health.failed(providers, error instanceof SluiceError ? error.code : 'UNKNOWN'),
      }),
    );
  }
}

/** The API's own words for what it has not and what it does not take. */
function known(error: unknown): unknown {
  if (!(error instanceof HttpStatusError)) return error;
  const said = isFields(error.body) ? error.body['message'] : undefined;
  const message = typeof said === 'string' ? said : error.message;
  if (error.status === 404) return new DbnomicsNotFoundError(message, error);
  if (error.status === 400) return new DbnomicsRequestError(message, error);
  return error;
}
