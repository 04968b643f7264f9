insert into t values
  (1, 'huge', 'large', row('huge', '{light,dark}'), 'small', '{huge,small}', 'dark', 'light', 'dark');
