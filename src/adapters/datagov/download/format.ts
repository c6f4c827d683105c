import { shownAddress } from '../../http/index.ts';
import type { Distribution } from '../distribution.ts';
import { DownloadFormatError } from './downloadErrors.ts';
import type { DownloadFormat } from './downloadOptions.ts';

/** What names of formats, media types and files hold, the telling first. */
const READABLE: readonly (readonly [RegExp, DownloadFormat])[] = [
  [/ndjson|jsonl|json-?lines|json-seq/i, 'ndjson'],
  [/geo\+?json/i, 'geojson'],
  [/json/i, 'json'],
  [/tsv|tab-separated/i, 'tsv'],
  [/csv|comma-separated/i, 'csv'],
];
const OTHERS =
  /zip|excel|spreadsheet|xlsx?\b|pdf|xml|html|rdf|kml|kmz|shapefile|\bshp\b|msword|docx?\b|\bjpe?g|\bpng|tiff|wms|wfs|esri|arcgis/i;

/** The format that a name is of; undefined if it does not tell. */
export function formatIn(name: string | undefined): DownloadFormat | undefined {
  return name === undefined ? undefined : READABLE.find(([pattern]) => pattern.test(name))?.[1];
}

/** The format that a file's name tells: `rows.csv?accessType=DOWNLOAD`, `all.ndjson.gz`. */
export function formatOfFile(url: URL): DownloadFormat | undefined {
  return formatIn(/\.([a-z]+)(\.gz)?$/i.exec(url.pathname)?.[1]);
}

/**
 * The format that a distribution says it has; undefined if it says none.
 *
 * @throws {DownloadFormatError} if it says one that has no rows to read
 */
export function formatOfDistribution({ mediaType, format }: Distribution, url: URL): DownloadFormat | undefined {
  const known = formatIn(mediaType) ?? formatIn(format);
  if (known) return known;
  const other = [mediaType, format].find((name) => name !== undefined && OTHERS.test(name));
  if (other === undefined) return undefined;
  const shown = shownAddress(url);
  const message = `${shown} is ${other}: rows are read of csv, tsv, json, geojson and ndjson; if it is one, say \`format\``;
  throw new DownloadFormatError(message, shown);
}

const MARKUP: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(!doctype\s+html|html|head|body|script|meta)\b/i, 'HTML, a page to sign in perhaps'],
  [/^\s*<(\?xml|[a-z][\w:]*[\s>])/i, 'XML'],
];
/** By the first bytes, in hexadecimal. */
const BINARIES: readonly (readonly [string, string])[] = [
  ['504b0304', 'a ZIP, or a spreadsheet'],
  ['25504446', 'a PDF'],
  ['d0cf11e0', 'a document of Microsoft Office'],
];

/** What a body is by its first bytes, if that is nothing with rows. */
export function foreignBody(head: Uint8Array): string | undefined {
  const bytes = Buffer.from(head);
  const binary = BINARIES.find(([signature]) => bytes.toString('hex', 0, 4) === signature);
  if (binary) return binary[1];
  const text = bytes
    .toString('latin1')
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
    .replaceAll('\0', '');
  return MARKUP.find(([pattern]) => pattern.test(text))?.[1];
}
