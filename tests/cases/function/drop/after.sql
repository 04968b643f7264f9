CREATE TYPE moods AS ENUM ('ok');
