"""What can be decided without a database: names, offices, chains."""
