"""Ask the network whether the addresses outside the site still answer.  Only when told to."""
