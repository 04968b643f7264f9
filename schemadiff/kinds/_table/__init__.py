"""Tables: what they inherit, how they are partitioned, and how they are made anew."""
