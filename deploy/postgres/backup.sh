#!/bin/sh
# A base backup of all databases of the server at one instant, beside the archived log from which any later instant can be
# reached. Keeps the newest KEEP of them (2) and the log since the oldest. Run as postgres, in its container:
#   docker compose exec --user postgres postgres sh /deploy/backup.sh
set -eu
archive=${ARCHIVE:-/archive}
name=$(date -u +%Y%m%dT%H%M%SZ)

pg_basebackup --username "${POSTGRES_USER:-postgres}" --pgdata "$archive/base/.$name" --format tar --gzip --wal-method fetch \
  --checkpoint fast --label "$name"
mv "$archive/base/.$name" "$archive/base/$name"

cd "$archive/base"
for old in $(ls -1 | sort -r | tail -n +$((${KEEP:-2} + 1))); do
  rm -r "./$old"
done
oldest=$(ls -1 | sort | head -n 1)
first=$(tar -xzOf "$oldest/base.tar.gz" backup_label | sed -n 's/^START WAL LOCATION: .* (file \([0-9A-F]*\))$/\1/p')
pg_archivecleanup "$archive/wal" "$first"
echo "$name"
