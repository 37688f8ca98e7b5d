"""Records: SQLite by default, any SQLAlchemy URL by setting. All SQL of the knowledge base lives here."""
