#!/usr/bin/env bash
# One database and one role for each service that keeps anything (classifier does not), and one for callers' keys; none
# can enter another's.
# The postgres image runs this once, when its data directory is new. Needs <DATABASE>_DB_PASSWORD of each.
set -euo pipefail

databases="intake intake_keys projects notifier"

for database in $databases; do
    password="${database^^}_DB_PASSWORD"
    : "${!password:?"$password is empty: give it in .env"}"
done

for database in $databases; do
    password="${database^^}_DB_PASSWORD"
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set name="$database" --set password="${!password}" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
