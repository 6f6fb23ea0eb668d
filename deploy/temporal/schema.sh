#!/bin/sh
# Brings Temporal's two databases to the schema of this image's release; harmless when they are. The databases exist
# already (deploy/postgres/databases.sh), so the role needs no right to make any. SQL_HOST, SQL_PORT, SQL_USER and
# SQL_PASSWORD say where and as whom.
set -eu
schema() {
  temporal-sql-tool --plugin postgres12 --database "$1" setup-schema --version 0.0
  temporal-sql-tool --plugin postgres12 --database "$1" update-schema --schema-dir "/etc/temporal/schema/postgresql/v12/$2/versioned"
}
schema temporal temporal
schema temporal_visibility visibility
