"""What is asked. One module an audience; fields and their rules, no queries, no saving."""
