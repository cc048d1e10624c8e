#!/bin/sh
# Runs once, on an empty data folder: one role owns the tables, the other only works with them.
set -eu

psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" \
  --set=owner_password="$OWNER_PASSWORD" --set=app_password="$APP_PASSWORD" <<'SQL'
CREATE ROLE zongzhi_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE zongzhi_app LOGIN PASSWORD :'app_password';
CREATE DATABASE zongzhi OWNER zongzhi_owner;
SQL
