-- all of them
select id, name, rating
from salons;
-- the end
