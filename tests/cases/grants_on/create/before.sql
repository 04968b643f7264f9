DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'case_g1') THEN CREATE ROLE case_g1; END IF;
END $$;
