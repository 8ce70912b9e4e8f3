"""Django's SQLite, with connections that outlast a request."""
