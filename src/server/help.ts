/** What `--help` and `--version` print. */

export const help = `Usage: lightsout-server [FILE] [-] [--DIRECTIVE VALUE...]...

A server that speaks Redis's protocol and keeps Redis's files (RDB and append-only), started as redis-server is.

  FILE                  redis.conf
  -                     read directives from standard input
  --DIRECTIVE VALUE     any directive of redis.conf; counts more than FILE
  -h, --help            this text
  -v, --version         which version of Redis it stands for

Examples:
  lightsout-server
  lightsout-server --port 7777 --dir /var/lib/lightsout
  lightsout-server /etc/redis.conf --appendonly yes --appendfsync always
  echo 'maxclients 128' | lightsout-server -

It listens on loopback unless --bind says otherwise.
Exit status: 0 after SHUTDOWN or a signal; 1 where it cannot start (a damaged file, a directory or port in use) or cannot
go on; 2 for bad usage or configuration.
`;
