"""What is kept: models, migrations, read queries."""
