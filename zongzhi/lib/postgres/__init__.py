"""Django's PostgreSQL backend, asked less before each request."""
