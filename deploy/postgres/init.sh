#!/usr/bin/env bash
# One database and one role for each service that keeps anything (classifier does not); none can enter another's.
# The postgres image runs this once, when its data directory is new. Needs <SERVICE>_DB_PASSWORD of each service.
set -euo pipefail

services="intake projects notifier"

for service in $services; do
    password="${service^^}_DB_PASSWORD"
    : "${!password:?"$password is empty: give it in .env"}"
done

for service in $services; do
    password="${service^^}_DB_PASSWORD"
    psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
        --set service="$service" --set password="${!password}" <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
CREATE DATABASE :"service" OWNER :"service";
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
