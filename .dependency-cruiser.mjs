const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
});

const drivers = ['(^|/)node_modules/(ioredis|undici)/', '^(ioredis|undici)$', '^(node:)?(https?|http2|net|tls|dgram)$'];

const entries =
  '^src/(((operators|analytics|services|testing|adapters/(memory|redis|dbnomics|datagov))/)?index[.]ts|cli/sluice[.]ts|cli/bench/(measuring/metronomeThread|html/page)[.]js)$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer('core-imports-only-core', '^src/core/', '^src/core/'),
    layer('internal-imports-only-internal', '^src/internal/', '^src/internal/'),
    layer(
      'adapters-import-core-and-internal',
      '^src/adapters/(?!(?:http|paging|dbnomics|datagov)/)([^/]+)/',
      '^src/(core|internal|adapters/$1)/',
    ),
    layer('http-stands-on-telemetry', '^src/adapters/http/', '^src/(core|internal|telemetry|adapters/http)/'),
    layer('paging-stands-on-sources', '^src/adapters/paging/', '^src/(core|internal|sources|adapters/paging)/'),
    layer('apis-stand-on-http-and-paging', '^src/adapters/(dbnomics|datagov)/', [
      '^src/(core|internal|sources|adapters/$1)/',
      '^src/adapters/(http|paging)/index[.]ts$',
    ]),
    layer('telemetry-imports-core-and-internal', '^src/telemetry/', '^src/(core|internal|telemetry)/'),
    layer(
      'operators-sources-sinks-stand-side-by-side',
      '^src/(operators|sources|sinks)/',
      '^src/(core|internal|telemetry|$1)/',
    ),
    layer('cache-stands-on-core', '^src/cache/', '^src/(core|internal|telemetry|cache)/'),
    layer('analytics-stands-on-operators', '^src/analytics/', '^src/(core|internal|telemetry|operators|analytics)/'),
    layer(
      'pipeline-stands-on-operators-sources-sinks',
      '^src/pipeline/',
      '^src/(core|internal|telemetry|operators|sources|sinks|pipeline)/',
    ),
    layer('bus-stands-on-pipeline-and-adapter-doors', '^src/bus/', [
      '^src/(core|internal|telemetry|operators|sources|sinks|cache|pipeline|bus)/',
      '^src/adapters/(memory|redis)/index[.]ts$',
    ]),
    layer('services-stand-on-bus-and-apis', '^src/services/', [
      '^src/(core|internal|telemetry|operators|sources|cache|pipeline|bus|services)/',
      '^src/adapters/(http|dbnomics|datagov)/index[.]ts$',
    ]),
    layer('testing-stands-beside-the-bus', '^src/testing/', [
      '^src/(core|internal|sources|operators|testing)/',
      '^src/adapters/memory/',
    ]),
    layer('cli-stands-on-the-bus', '^src/cli/', [
      '^src/(core|internal|operators|bus|cli)/',
      '^src/adapters/(memory|redis)/index[.]ts$',
      '^src/adapters/redis/(removeNamespace|serverVersion)[.]ts$',
    ]),
    {
      name: 'nothing-imports-a-door-above-it',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^src/index[.]ts$' },
    },
    {
      name: 'only-adapters-import-drivers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/adapters/' },
      to: { path: drivers },
    },
    {
      name: 'src-imports-only-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|examples|scripts|docs|dist)/' },
    },
    {
      name: 'src-imports-only-what-users-install',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm', 'npm-peer'] },
    },
    { name: 'imports-resolve', severity: 'error', from: { path: '^src/' }, to: { couldNotResolve: true } },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    {
      name: 'reachable-from-an-entry',
      severity: 'warn',
      from: { path: entries },
      to: { path: '^src/', pathNot: entries, reachable: false },
    },
  ],
  options: {
    parser: 'tsc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
