begin
  return new;
end
