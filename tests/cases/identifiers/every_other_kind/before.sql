DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'Case "é".☃') THEN CREATE ROLE "Case ""é"".☃"; END IF;
END $$;
