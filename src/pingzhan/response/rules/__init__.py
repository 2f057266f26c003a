"""What a plan document says, and what follows from it: no database, no clock."""
