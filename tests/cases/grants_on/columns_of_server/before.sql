revoke select (subname) on pg_subscription from public;
