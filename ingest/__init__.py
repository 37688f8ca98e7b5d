"""Files become passages and entries: loaders, cleaning, chunking, a plan to look at, then one transaction."""
