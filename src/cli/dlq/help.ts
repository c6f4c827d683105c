/** What `sluice dlq --help` prints. */
export const HELP = `sluice dlq <command> [options]

The dead letters of a stream: what was rejected, and what to do with it.

Commands
  list         the oldest that are meant, one a line
  show ID      one of them, whole
  stats        how many there are, by group, stage and error
  replay       append those that are meant again, for the group that rejected them
  purge        remove those that are meant, for good

Where
  --store URL      redis://localhost:6379 (default: SLUICE_STORE), rediss://…, unix:/path, redis+sentinel://…, redis+cluster://…
  --namespace NAME what the keys begin with (sluice, or SLUICE_NAMESPACE)
  --stream NAME    the stream, or one partition of it, such as main.3 (main)

Which; without any of these, replay and purge take --all
  --id ID          may be given several times; as list prints it
  --topic GLOB     such as 'trading.orders.*'
  --group NAME     the group that rejected it
  --stage NAME     the stage that had it last
  --error TEXT     the error's name, or what its message contains
  --since TIME     rejected then or later: 2026-11-25T10:00:00Z, or how long ago, as 90s, 15m, 24h, 7d
  --until TIME     rejected before then
  --all            all of them

Options
  --limit N        list: how many (100)
  --rate N         replay: how many a second (as fast as it goes)
  --data JSON      replay: what it is to carry instead
  --dry-run        replay, purge: only say how many are meant
  --yes            purge: do not ask
  --json           list, show, stats: JSON, of list a line each
  --help           print this

Examples
  sluice dlq list --store redis://localhost:6379 --group risk --since 24h
  sluice dlq show 1795588175585-0
  sluice dlq replay --error TimeoutError --rate 50
  sluice dlq purge --topic 'test.*' --yes
`;
