"""Django's PostgreSQL backend, asked less before each request and planning less for it."""
