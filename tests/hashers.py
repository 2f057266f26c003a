"""Password hashing for tests."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2(Argon2PasswordHasher):
    """argon2 with the least work: its hashes are valid ones, only quickly made."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1
