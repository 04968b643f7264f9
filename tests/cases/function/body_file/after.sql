CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $body$begin
  return new;
end
$body$;
