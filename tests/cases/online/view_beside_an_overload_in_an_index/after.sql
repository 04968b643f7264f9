create function hot(score int, at text) returns double precision language plpgsql immutable as 'begin return score; end';
create table post (id int primary key, published text not null default 'now');
create table post_score (post_id int primary key, score int not null);
create index by_hot on post_score (score desc);
create view ranked as select p.id, hot(s.score, p.published) as hot from post p join post_score s on s.post_id = p.id;
