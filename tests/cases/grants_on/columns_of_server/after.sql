revoke all on pg_subscription from public;
