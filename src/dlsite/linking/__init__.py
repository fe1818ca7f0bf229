"""What each reference of a site leads to, and what there is to say of it."""
