#!/bin/sh
# Puts all databases of the server back to an instant: `restore.sh BACKUP [INSTANT]`, such as 20260302T020000Z and
# '2026-03-02 14:30:00+00'; without an instant as late as the log goes. What was there is set aside, not deleted. The server
# must be down; the next start brings it to the instant and carries on from there. docs/operations.md has the whole order.
set -eu
archive=${ARCHIVE:-/archive}
data=${PGDATA:?the directory of the database}
backup=$archive/base/${1:?the name of a backup: one of $(ls "$archive/base" | tr '\n' ' ')}
[ -f "$backup/base.tar.gz" ] || { echo "There is no backup $1; there are: $(ls "$archive/base" | tr '\n' ' ')" >&2; exit 1; }
[ ! -f "$data/postmaster.pid" ] || { echo "The server is running, or was killed: stop it, or remove $data/postmaster.pid" >&2; exit 1; }

aside=$data/replaced-$(date -u +%Y%m%dT%H%M%SZ)
mkdir "$aside"
for entry in "$data"/* "$data"/.[!.]*; do
  case $entry in
    "$data"/replaced-* | "$data/.[!.]*" | "$data/*") ;;
    *) mv "$entry" "$aside" ;;
  esac
done

tar -xzf "$backup/base.tar.gz" -C "$data"
{
  echo "restore_command = 'cp $archive/wal/%f \"%p\"'"
  echo "recovery_target_action = 'promote'"
  if [ -n "${2:-}" ]; then echo "recovery_target_time = '$2'"; fi
} >> "$data/postgresql.auto.conf"
touch "$data/recovery.signal"
echo "Restored $1; what was there is in $aside. Start the server."
