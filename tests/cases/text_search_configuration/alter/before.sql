CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = synonym, synonyms = synonym_sample, casesensitive = 1);
CREATE TEXT SEARCH DICTIONARY e (TEMPLATE = simple, accept = 'false');
CREATE TEXT SEARCH CONFIGURATION said (PARSER = "default");
ALTER TEXT SEARCH CONFIGURATION said ADD MAPPING FOR asciiword, word WITH simple;
