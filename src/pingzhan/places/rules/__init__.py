"""Pure rules of places: codes and paths, outlines, point location. No database, no clock, no request."""
