#!/bin/sh
# Runs once, when PostgreSQL makes its data folder: the application role, which owns nothing.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set password="$(cat /run/secrets/app_password)" <<'SQL'
CREATE ROLE jobtwin_app LOGIN PASSWORD :'password';
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
SQL
