"""Work in other processes, within bounds, and the end of one."""
