#!/bin/sh
# Makes the two roles and their three databases, each role able to reach its own and nothing else. PostgreSQL's image runs
# it when the data directory is new; by hand it may be run at any time, also against a server of your own (PGHOST, PGUSER,
# PGPASSWORD): what exists stays, and the passwords become those in STORE_PASSWORD and TEMPORAL_PASSWORD.
set -eu
: "${STORE_PASSWORD:?the password of the role milepost}"
: "${TEMPORAL_PASSWORD:?the password of the role temporal}"

psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv store_password STORE_PASSWORD
\getenv temporal_password TEMPORAL_PASSWORD

SELECT format('CREATE ROLE %I LOGIN', wanted) FROM unnest(ARRAY['milepost', 'temporal']) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) \gexec
ALTER ROLE milepost PASSWORD :'store_password';
ALTER ROLE temporal PASSWORD :'temporal_password';

SELECT format('CREATE DATABASE %I OWNER %I ENCODING ''UTF8'' TEMPLATE template0', name, owner)
  FROM (VALUES ('milepost', 'milepost'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')) AS wanted (name, owner)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name) \gexec

REVOKE ALL ON DATABASE milepost, temporal, temporal_visibility, postgres, template1 FROM PUBLIC;
SQL
